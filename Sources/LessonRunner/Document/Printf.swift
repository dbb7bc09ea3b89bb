import Foundation

/// C's formatting of one number with a number of digits, in the C locale.
func printf(_ format: String, _ digits: Int, _ value: Double) -> String {
  String(format: format, locale: nil, digits, value)
}
