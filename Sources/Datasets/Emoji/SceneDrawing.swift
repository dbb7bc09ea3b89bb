import Tensors

extension CaptionedEmoji {
  /// What captions call the backgrounds.
  public static let backgroundNames = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "gray"]

  /// Red, green and blue of each background in 0…255: light enough that emoji of the same name stand out from it.
  public static let backgroundColors: [SIMD3<Float>] = [
    [226, 104, 98], [247, 172, 92], [250, 226, 120], [136, 200, 134], [112, 168, 230], [164, 130, 212],
    [246, 176, 206],
    [168, 130, 104], [168, 172, 178],
  ]

  /// The picture of a scene, [3, side, side] in −1…1.
  public func picture(of scene: EmojiScene) -> Tensor {
    Tensor(unsafeUninitialized: [3, side, side]) { draw(scene, into: $0) }
  }

  /// The pictures of several scenes, [N, 3, side, side] in −1…1.
  public func pictures(of scenes: [EmojiScene]) -> Tensor {
    let size = 3 * side * side
    return Tensor(unsafeUninitialized: [scenes.count, 3, side, side]) { out in
      let shared = SharedPixels(start: out.baseAddress)
      Parallel.forRanges(scenes.count, grain: 4) { range in
        for n in range {
          draw(scenes[n], into: UnsafeMutableBufferPointer(start: shared.start.map { $0 + n * size }, count: size))
        }
      }
    }
  }

  /// `count` random scenes of a part and their pictures, [N, 3, side, side] in −1…1.
  public func batch(
    _ count: Int, _ part: Part = .train, _ random: inout RandomSource
  ) -> (images: Tensor, scenes: [EmojiScene]) {
    var scenes: [EmojiScene] = []
    for _ in 0..<count { scenes.append(scene(part, &random)) }
    return (pictures(of: scenes), scenes)
  }

  /// The square around each emoji of a scene in pixels, from the upper left corner; parts of it may be transparent.
  public func boxes(of scene: EmojiScene) -> [(x: Float, y: Float, width: Float, height: Float)] {
    let side = Float(side)
    return scene.placements.map {
      (($0.x - $0.size / 2) * side, ($0.y - $0.size / 2) * side, $0.size * side, $0.size * side)
    }
  }

  /// C' = C·α + B·(1 − α) for each emoji in turn, with colours already multiplied by α.
  private func draw(_ scene: EmojiScene, into out: UnsafeMutableBufferPointer<Float>) {
    guard let base = out.baseAddress else { return }
    let plane = side * side
    let color = scene.background.map { Self.backgroundColors[$0] } ?? [255, 255, 255]
    for c in 0..<3 {
      UnsafeMutableBufferPointer(start: base + c * plane, count: plane).update(repeating: color[c] / 127.5 - 1)
    }
    for (emoji, box) in zip(scene.emoji, boxes(of: scene)) {
      let side = side
      sprites.draw(emoji, left: box.x, top: box.y, size: box.width, side: side) { x, y, value in
        let rest = 1 - min(value.w, 255) * (1 / 255)
        let at = base + y * side + x
        // In −1…1 the blend is the same but for the shift: (C + B(1 − α) + …)·2 − 1.
        at[0] = min(value.x * (1 / 127.5) + (at[0] + 1) * rest - 1, 1)
        at[plane] = min(value.y * (1 / 127.5) + (at[plane] + 1) * rest - 1, 1)
        at[2 * plane] = min(value.z * (1 / 127.5) + (at[2 * plane] + 1) * rest - 1, 1)
      }
    }
  }
}

/// Tasks write to disjoint pictures behind this pointer.
private struct SharedPixels: @unchecked Sendable {
  let start: UnsafeMutablePointer<Float>?
}
