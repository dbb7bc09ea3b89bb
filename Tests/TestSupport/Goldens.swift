import Tensors

/// The reference results under Tests/Goldens, each beside the Python script that made it.
public enum Goldens {
  /// The absolute path of the file `name`, for example "random/random.safetensors".
  public static func path(_ name: String) -> String {
    let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(tests)/Goldens/\(name)"
  }

  /// A safetensors file of goldens; a missing one throws, so that the test fails.
  public static func file(_ name: String) throws(UserError) -> SafetensorsFile {
    try SafetensorsFile(contentsOf: path(name))
  }

  /// All tensors of a safetensors file of goldens by name, as Float32.
  public static func tensors(_ name: String) throws(UserError) -> [String: Tensor] { try file(name).tensors() }
}
