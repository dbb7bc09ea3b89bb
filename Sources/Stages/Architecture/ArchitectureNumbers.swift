import Drawing
import Layers
import Models
import Tensors

/// What the parts of the model hold and cost in one run.
struct ArchitectureNumbers {
  let encoderParameters, decoderParameters, textParameters, unetParameters: Int
  let pixelNumbers, latentNumbers, textNumbers: Int
  /// Multiply-adds of one sample.
  let encoderCost, decoderCost, textCost, unetCost: Int
  /// Steps times two with guidance.
  let unetSamples: Int
  let textSamples: Int

  init(_ run: ArchitectureRun) {
    let (pipeline, recorder) = (run.model.pipeline, run.trace.recorder)
    let autoencoder = pipeline.autoencoder
    func cost(_ module: some Module, _ prefix: String, samples: Int = 1) -> Int {
      ModelInspection(module, recorder.entries(under: prefix, samples: samples)).multiplyAdds
    }
    encoderParameters = autoencoder.encoder.parameterCount + (autoencoder.quantConv?.parameterCount ?? 0)
    decoderParameters = autoencoder.decoder.parameterCount + (autoencoder.postQuantConv?.parameterCount ?? 0)
    textParameters = pipeline.textEncoder.parameterCount
    unetParameters = pipeline.unet.parameterCount
    pixelNumbers = run.given.picture.tensor.count
    latentNumbers = run.latents.count
    textSamples = run.trace.textStates.shape[0]
    textNumbers = run.trace.textStates.count / textSamples
    encoderCost = cost(autoencoder.encoder, "vae.encoder.")
    decoderCost = cost(autoencoder.decoder, "vae.decoder.")
    textCost = cost(pipeline.textEncoder, "text_encoder.", samples: textSamples)
    let batch = run.trace.isGuided ? 2 : 1
    unetCost = cost(pipeline.unet, run.moment.path + "/unet.", samples: batch)
    unetSamples = run.trace.moments.count * batch
  }

  /// Of making a picture from a text.
  var totalCost: Int { unetCost * unetSamples + decoderCost + textCost * textSamples }

  func addFacts(to result: inout StageResult) {
    result.fact("encoder_parameters", encoderParameters)
    result.fact("decoder_parameters", decoderParameters)
    result.fact("text_parameters", textParameters)
    result.fact("unet_parameters", unetParameters)
    result.fact("pixel_numbers", pixelNumbers)
    result.fact("latent_numbers", latentNumbers)
    result.fact("compression", Double(pixelNumbers) / Double(latentNumbers))
    result.fact("text_numbers", textNumbers)
    result.fact("unet_multiply_adds", unetCost)
    result.fact("decoder_multiply_adds", decoderCost)
    result.fact("unet_samples", unetSamples)
    result.fact("unet_percent", 100 * Double(unetCost * unetSamples) / Double(totalCost))
  }

  struct Row: Sendable {
    let part: String
    let parameters, cost, samples: Int
  }

  var rows: [Row] {
    [
      Row(part: "E, encoder", parameters: encoderParameters, cost: encoderCost, samples: 1),
      Row(part: "τ_θ, text encoder", parameters: textParameters, cost: textCost, samples: textSamples),
      Row(part: "U-Net", parameters: unetParameters, cost: unetCost, samples: unetSamples),
      Row(part: "D, decoder", parameters: decoderParameters, cost: decoderCost, samples: 1),
    ]
  }

  static func grouped(_ value: Int) -> String { NumberText.fixed(Double(value), decimals: 0) }

  var table: StageTable {
    StageTable(
      name: "parts", title: "What the parts hold and cost in this run",
      columns: [
        .init("part", numeric: false), .init("parameters"), .init("multiply-adds a sample"), .init("samples"),
      ],
      rows: rows.map { [$0.part, Self.grouped($0.parameters), Self.grouped($0.cost), "\($0.samples)"] })
  }
}

extension Recorder {
  /// What was recorded under a prefix, one sample of the batch only, as if it had been recorded from the root.
  func entries(under prefix: String, samples: Int) -> Recorder {
    let result = Recorder()
    for entry in entries where entry.key.hasPrefix(prefix) {
      let tensor = entry.tensor
      let isBatch = samples > 1 && tensor.rank > 0 && tensor.shape[0] == samples
      result.recording(String(entry.key.dropFirst(prefix.count))).record(isBatch ? tensor.sliced(0..<1) : tensor)
    }
    return result
  }
}
