import Diffusion
import Drawing
import Foundation
import Models
import Pipelines
import Tensors

/// A pipeline's folder, looked into: configurations and the headers of the weights, not the weights.
struct FoundFolder {
  let name: String
  let shape: ModelShape
  let settings: SamplerSettings
  let table: StageTable
  let status: String

  init(_ nameOrPath: String, _ home: Home) throws(UserError) {
    let folder = PipelineFolder(try home.model(nameOrPath))
    try folder.check()
    name = nameOrPath.split(separator: "/").last.map(String.init) ?? nameOrPath
    shape = ModelShape(
      unet: try UNet2DConditionConfiguration(folder.part("unet").configuration()),
      autoencoder: try AutoencoderConfiguration(folder.part("vae").configuration()),
      text: try CLIPTextConfiguration(folder.part("text_encoder").configuration()))
    settings = try SamplerSettings(schedulerConfig: folder.schedulerConfig(), name: folder.schedulerPath)
    var rows: [[String]] = []
    for part in ["text_encoder", "unet", "vae"] { rows.append(try Self.row(folder.part(part), part)) }
    rows.append(["scheduler", "scheduler_config.json", "–", "–", settings.kind.className])
    table = StageTable(
      name: "folder", title: "What the folder holds",
      columns: [
        .init("part", numeric: false), .init("weights", numeric: false), .init("tensors"), .init("millions"),
        .init("remarks", numeric: false),
      ], rows: rows)
    let remarks = rows.dropLast().map { $0[4] }.joined(separator: "; ")
    let found = [
      ("old names", "the autoencoder's attention under its old names"), ("positions", "stored positions"),
      ("float16", "weights in files of half precision"),
    ].filter { remarks.contains($0.0) }.map(\.1)
    status =
      "The folder \(name) holds a pipeline that runs here."
      + (found.isEmpty ? "" : " It has, as those of 2022 do, \(found.joined(separator: ", ")).")
  }

  private static func row(_ part: ModelFolder, _ name: String) throws(UserError) -> [String] {
    let path = try part.weightsPath()
    let file = try SafetensorsFile(contentsOf: path)
    var (remarks, count) = ([String](), 0)
    for tensor in file.names where !tensor.hasSuffix("position_ids") {
      count += (file[tensor]?.shape ?? []).reduce(1, *)
    }
    if file.names.contains(where: { $0.hasSuffix(".proj_attn.weight") }) {
      remarks.append("old names")
    }
    if file.names.contains(where: { $0.hasSuffix("position_ids") }) { remarks.append("positions") }
    if path.hasSuffix(".fp16.safetensors") { remarks.append("float16") }
    return [
      name, path.split(separator: "/").last.map(String.init) ?? path, "\(file.names.count)",
      NumberText.fixed(Double(count) / 1e6, decimals: 2), remarks.isEmpty ? "–" : remarks.joined(separator: "; "),
    ]
  }
}

extension Checkpoint {
  /// Bars of the parts.
  static func sizes(_ shape: ModelShape, of name: String, _ provenance: Provenance) -> Figure {
    let (encoder, decoder) = PartSizes.autoencoder(shape.autoencoder)
    let unet = PartSizes.unet(shape.unet).filter { Double($0.count) > 0.002 * Double(shape.total) }
    let names = ["text encoder", "encoder", "decoder"] + unet.map { "U-Net: \($0.name)" }
    let counts = [shape.textCount, encoder, decoder] + unet.map(\.count)
    let colors = Dictionary(
      uniqueKeysWithValues: [(0, ColorRole.palette(2)), (1, .palette(1)), (2, .palette(1))])
    let share = NumberText.fixed(100 * Double(shape.unetCount) / Double(shape.total), decimals: 0)
    return Figure(
      name: "checkpoint-sizes",
      title: "The U-Net has \(share) % of the learned numbers, most of them where its maps are small",
      caption: """
        Learned numbers of the parts of \(name), counted from the configuration: text encoder, the autoencoder's two \
        halves, and the U-Net from its input to its output, with channels and size of its maps. Wide levels work at low resolution, so that they cost memory \
        rather than time. Parts with less than 0.2 % are left out.
        """,
      alternativeText: """
        Level bars of the numbers of parameters; those of the wide levels on the U-Net's way down and up are longest, the \
        text encoder's is of middle length, the autoencoder's are short.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("millions of learned numbers"),
        y: Axis("", scale: .categories(names.map { RichText(verbatim: $0) })),
        layers: [
          Bars(counts.map { Double($0) / 1e6 }, along: .x, color: .palette(0), highlights: colors, decimals: 1)
        ]))
  }

  /// σ at every call.
  static func calls(
    _ plan: SamplingPlan, _ settings: SamplerSettings, of name: String, _ provenance: Provenance
  ) -> Figure {
    let calls = plan.timesteps.indices.map { Double($0 + 1) }
    let isPLMS = settings.kind == .pndm && settings.skipPRKSteps
    return Figure(
      name: "checkpoint-calls",
      title: isPLMS
        ? "PLMS asks twice at the second timestep, and once everywhere else"
        : "\(settings.kind.title) calls the U-Net \(plan.timesteps.count) times",
      caption: """
        Noise level σ at every call of the U-Net in \(plan.numInferenceSteps) steps of \(name)'s scheduler, \
        \(settings.kind.className). \(isPLMS ? "The second call repairs the first step; from the third on, earlier predictions are reused, so that one call a step is enough." : "")
        """,
      alternativeText:
        "Dots that fall from left to right; \(isPLMS ? "the second and the third lie at one height." : "")",
      provenance: provenance,
      content: Chart(
        x: Axis("call of the U-Net"), y: Axis("noise level σ (logarithmic)", scale: .log),
        layers: [
          Line("", x: calls, y: plan.sigmas.dropLast().map(Double.init), color: .palette(0), width: 1, markers: true)
        ]
          + (isPLMS && plan.timesteps.count > 2
            ? [
              Annotation(
                "t = \(Int(plan.timesteps[1])), again", x: 3, y: Double(plan.sigmas[2]), side: .right)
            ] : [])))
  }
}
