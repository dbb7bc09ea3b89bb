import Datasets
import Drawing
import Models
import Pipelines
import Tensors
import Training

/// Some bundled scenes in three versions, and whether the judge names everything in them.
struct JudgedScenes {
  enum Version: String, CaseIterable {
    case real
    case decoded
    case generated
  }

  let samples: [EmojiSample]
  /// [3, H, W] in −1…1, of every scene.
  private let versions: [Version: [Tensor]]
  /// nil where the judge has no number for an emoji, or there is no judge.
  private let verdicts: [Version: [Bool?]]

  func pictures(_ version: Version) -> [Tensor] { versions[version] ?? [] }

  /// In how many pictures the judge names everything.
  func count(of version: Version) -> Int { (verdicts[version] ?? []).count { $0 == true } }

  init(_ context: StageContext, _ model: PipelineModel) throws(UserError) {
    let samples = try EmojiSample.all(context.home).evenlyChosen(context.integer("scenes"))
    var (real, decoded, generated) = ([Tensor](), [Tensor](), [Tensor]())
    var random = RandomSource(seed: context.seed)
    for (index, sample) in samples.enumerated() {
      let picture = try sample.picture(context.home)
      real.append(picture)
      let unit = picture.affine(scale: 0.5, shift: 0.5).reshaped([1] + picture.shape)
      let latents = model.pipeline.encode(pictures: unit, &random)
      decoded.append(model.pipeline.decode(latents: latents)[index: 0].affine(scale: 2, shift: -1))
      var request = TextToImageRequest(prompt: sample.caption)
      (request.numInferenceSteps, request.guidanceScale) =
        (context.integer("num_inference_steps"), Float(context.number("guidance_scale")))
      request.seed = context.seed &+ UInt64(index)
      generated.append(try model.generate(request).pictures[index: 0].affine(scale: 2, shift: -1))
      context.report(index + 1, of: samples.count, "scenes")
    }
    self.samples = samples
    versions = [.real: real, .decoded: decoded, .generated: generated]
    let names = (try? CaptionVocabulary(folder: model.folder.path))?.emoji ?? []
    let judge = names.isEmpty ? nil : try EmojiJudge.shipped(context.home)
    verdicts = versions.mapValues { pictures in
      zip(samples, pictures).map { sample, picture in judge?.names(sample, among: names, in: picture) }
    }
  }

  func figure(_ provenance: Provenance) -> Figure {
    let labels: [Version: RichText] = [
      .real: "scene", .decoded: "after the autoencoder", .generated: "from its caption",
    ]
    let rows = Version.allCases.map { version in
      zip(pictures(version), verdicts[version] ?? []).map { picture, verdict -> ImageCell? in
        ImageCell(picture, .symmetric, frame: verdict == false ? .palette(1) : nil)
      }
    }
    let judged = (verdicts[.generated] ?? []).contains { $0 != nil }
    return Figure(
      name: "judged-pictures",
      title: judged
        ? RichText("Of \(samples.count) generated pictures the judge names everything in \(count(of: .generated))")
        : RichText("\(samples.count) captions, generated"),
      caption: """
        Above: bundled scenes. Middle: the same, encoded and decoded. Below: generated from their captions, each from a noise \
        of its own. A coloured frame: the judge names something else than what is wanted.
        """,
      alternativeText: """
        Three rows of small pictures of emoji, alone and in pairs: scenes, nearly the same pictures after the autoencoder, and \
        generated ones of the same things at other places and in other sizes.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: rows, rowLabels: Version.allCases.compactMap { labels[$0] },
        columnLabels: samples.map { RichText(verbatim: $0.caption) }))
  }
}
