import CZlib
import Tensors

/// Reads the whole content of a gzip file (or of one that is not compressed).
///
/// Throws with code `noInput` when it cannot be opened, `data` when it is torn, altered or longer than `limit` bytes.
func contents(ofGzipFile path: String, limit: Int) throws(UserError) -> [UInt8] {
  guard let file = gzopen(path, "rb") else { throw UserError("\(path) cannot be read", code: .noInput) }
  defer { gzclose(file) }
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = Int(gzread(file, &chunk, UInt32(chunk.count)))
    var code: Int32 = 0
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    // A file that ends too early gives the bytes there are and the code Z_BUF_ERROR.
    guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
      // zlib begins its message with the path.
      let reason = message.hasPrefix(path + ": ") ? String(message.dropFirst(path.count + 2)) : message
      throw UserError("\(path) is damaged: \(reason)", code: .data)
    }
    if count == 0 { return content }
    content += chunk[..<count]
    guard content.count <= limit else {
      throw UserError("\(path) is damaged: it holds more than \(limit) bytes", code: .data)
    }
  }
}
