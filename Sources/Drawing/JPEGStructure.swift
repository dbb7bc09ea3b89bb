/// Looks whether a JPEG file reaches its end mark; decoders fill a torn one with grey without a word.
///
/// Source: ITU-T T.81, annex B (marker segments).
struct JPEGStructure {
  let bytes: [UInt8]

  /// Walks from segment to segment, and through the entropy-coded data behind each start of scan.
  var isComplete: Bool {
    var position = 2
    while let marker = nextMarker(from: &position) {
      switch marker {
      case 0xd9: return true
      case 0x01, 0xd0...0xd8: continue
      default:
        guard position + 1 < bytes.count else { return false }
        position += Int(bytes[position]) << 8 | Int(bytes[position + 1])
      }
    }
    return false
  }

  /// The next marker at or behind `position`, which is moved behind it; stuffed zeros and fill bytes are no markers.
  private func nextMarker(from position: inout Int) -> UInt8? {
    while position + 1 < bytes.count {
      let (first, second) = (bytes[position], bytes[position + 1])
      if first == 0xff && second != 0 && second != 0xff {
        position += 2
        return second
      }
      position += 1
    }
    return nil
  }
}
