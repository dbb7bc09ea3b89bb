import Drawing
import Foundation
import Pipelines
import Tensors
import Training

/// Results from several seeds, and what is left of the picture outside the mask.
struct InpaintingExperiment {
  let given: GivenPicture
  let prompt: String
  /// f: pixels to a place of the latents.
  let cell: Int
  /// 1 where something new is made, [1, H, W].
  let mask: Tensor
  let seeds: [UInt64]
  /// By seed: [3, H, W] in 0…1.
  let pictures: [Tensor]
  /// z₀ of each, [1, C, h, w].
  let latents: [Tensor]
  /// The latents each run was given, drawn from E(x): they differ from seed to seed by the encoder's own noise.
  let originals: [Tensor]
  /// D of those.
  let restored: [Tensor]
  /// By pixel, how many pixels away the nearest new one is, 0 inside.
  let distances: [Int]
  /// The mask as the latents have it: 1 at the places that are made anew, [h, w].
  let newCells: Tensor
  /// The same in pixels, [H, W].
  let newPixels: Tensor

  init(
    _ context: StageContext, _ model: PipelineModel, _ given: GivenPicture, _ shape: MaskShape
  ) throws(UserError) {
    self.given = given
    prompt = context.text("prompt")
    let side = model.pipeline.defaultSide
    mask = shape.mask(side: side)
    cell = model.pipeline.sizeFactor
    seeds = (0..<context.integer("seeds")).map { context.seed &+ UInt64($0) }
    var request = model.request(context)
    request.start = .inpainting(given.unit, mask: mask, strength: context.number("strength"))
    var (pictures, latents, originals) = ([Tensor](), [Tensor](), [Tensor]())
    for seed in seeds {
      request.seed = seed
      let made = try model.generate(request)
      pictures.append(made.pictures[index: 0])
      latents.append(made.latents)
      // The first numbers a run draws are those of E(x).
      var random = RandomSource(seed: seed)
      originals.append(
        model.pipeline.encode(pictures: given.unit.reshaped([1] + given.unit.shape), &random))
      context.report(pictures.count, of: seeds.count, "seeds")
    }
    (self.pictures, self.latents, self.originals) = (pictures, latents, originals)
    restored = model.decoded(originals)
    let cells = mask.everyNth(cell)
    newCells = cells.reshaped([cells.shape[2], cells.shape[3]])
    newPixels = cells.upsampledNearest(height: side, width: side).reshaped([side, side])
    distances = Self.distances(to: newPixels)
  }

  /// Steps up, down, left or right to the nearest 1, for each pixel of [H, W].
  private static func distances(to pixels: Tensor) -> [Int] {
    let (height, width) = (pixels.shape[0], pixels.shape[1])
    var result = pixels.scalars.map { $0 == 1 ? 0 : Int.max }
    var front = result.indices.filter { result[$0] == 0 }
    while !front.isEmpty {
      var next: [Int] = []
      for place in front {
        let (y, x) = (place / width, place % width)
        for (ny, nx) in [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
        where ny >= 0 && ny < height && nx >= 0 && nx < width && result[ny * width + nx] == .max {
          result[ny * width + nx] = result[place] + 1
          next.append(ny * width + nx)
        }
      }
      front = next
    }
    return result
  }

  // MARK: Measures

  /// The largest difference of a kept latent from the one that was given.
  var keptLatentDifference: Double {
    let cells = newCells.scalars
    return zip(latents, originals).map { new, old in
      let difference = (new - old).scalars
      return Double(difference.indices.map { cells[$0 % cells.count] == 1 ? 0 : abs(difference[$0]) }.max() ?? 0)
    }.max() ?? 0
  }

  /// |D(z₀) − D(E(x))| averaged over the colours, by seed: [1, H, W] on a scale where black is −1 and white 1.
  var differences: [Tensor] {
    zip(pictures, restored).map { ($0 - $1).map { 2 * abs($0) }.mean(along: 0, keepingDimension: true) }
  }

  /// The mean of that over pixels `from` to `through` pixels away from the nearest new one, over all seeds.
  func difference(from: Int, through: Int) -> Double {
    let chosen = distances.indices.filter { (from...through).contains(distances[$0]) }
    guard !chosen.isEmpty else { return 0 }
    let sums = differences.map { map -> Double in
      let values = map.scalars
      return chosen.reduce(0) { $0 + Double(values[$1]) }
    }
    return sums.mean / Double(chosen.count)
  }

  /// PSNR of the pixels outside against the picture, mean over the seeds.
  var keptPSNR: Double {
    let original = given.unit.scalars
    return pictures.map { picture in
      let values = picture.scalars
      let kept = values.indices.filter { distances[$0 % distances.count] > 0 }
      let squares = kept.reduce(0.0) { $0 + pow(Double(values[$1] - original[$1]), 2) }
      return 10 * log10(Double(max(kept.count, 1)) / max(squares, 1e-12))
    }.mean
  }

  /// Distances that occur, at most 24 pixels, and the mean difference there.
  var profile: (distance: [Int], difference: [Double]) {
    let present = Set(distances).filter { $0 <= 24 }.sorted()
    return (present, present.map { difference(from: $0, through: $0) })
  }

  var table: StageTable {
    let bounds = [(0, 0), (1, cell), (cell + 1, 2 * cell), (2 * cell + 1, 3 * cell), (3 * cell + 1, Int.max)]
    return StageTable(
      name: "by-distance", title: "Difference of the pixels from D(E(x)), black −1 and white 1",
      columns: [.init("pixels from what is new", numeric: false), .init("pixels"), .init("mean difference")],
      rows: bounds.map { low, high in
        let count = distances.count { (low...high).contains($0) }
        let words = high == 0 ? "inside" : high == .max ? "more than \(low - 1)" : "\(low) to \(high)"
        return [words, "\(count)", NumberText.fixed(difference(from: low, through: high), decimals: 4)]
      })
  }
}
