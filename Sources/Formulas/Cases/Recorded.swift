extension RecordedCases {
  /// JSON texts, one a group.
  static let texts: [String] = []
}
