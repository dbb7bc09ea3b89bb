import Drawing
import Formulas
import Models
import Pipelines
import Tensors

/// What the poster draws, taken from a run: tensors and words, no model.
struct PosterContent: Sendable {
  /// A level of the encoder or decoder.
  struct Level: Sendable {
    /// [C, h, w].
    let output: Tensor
    /// The channel that varies most, [1, h, w].
    let channel: Tensor
    var shape: String { output.shape.map(String.init).joined(separator: "×") }
  }

  /// A step of the reverse process as its strip shows it.
  struct Denoised: Sendable {
    let t: Int
    /// z_t, [C, h, w].
    let latents: Tensor
    /// D(ẑ₀), [3, H, W] in 0…1.
    let guess: Tensor
    /// Whether it is the one drawn in full, or the one after it.
    let isShown, isNext: Bool
  }

  /// The tensors of the step that is drawn in full, [C, h, w].
  struct Step: Sendable {
    let t: Int
    let latents: Tensor
    let unconditional: Tensor?
    let conditional, guided, guess, next: Tensor
    /// What the network predicts, plain and guided: v̂, ṽ.
    let names: (plain: String, guided: String)
    let guessFormula, stepFormula: RichText
  }

  struct TextLayer: Sendable {
    /// Probabilities averaged over heads, [L, L].
    let attention: Tensor
    let name: String
  }

  /// x and x̃, [3, H, W] in 0…1.
  let picture, result: Tensor
  let noun: String
  let encoder, decoder: [Level]
  /// z, z₀, [C, h, w].
  let latents, finished: Tensor
  /// By rising t.
  let noised: [ArchitectureRun.Noised]
  /// By rising t.
  let denoised: [Denoised]
  let step: Step
  let unet: UNetMap
  let prompt: String
  /// The tokens that are shown, from the first on.
  let tokens: [PromptTokens.Token]
  let contextLength, textWidth: Int
  /// [shown tokens, D].
  let embeddings, states: Tensor
  let layers: [TextLayer]
  let layerCount: Int
  /// Cross-attention of each word, [h, w].
  let maps: [(word: String, map: Tensor)]
  let numbers: [ArchitectureNumbers.Row]
  let pixelNumbers, latentNumbers: Int
  let steps: Int
  let guidanceScale: Double
  let sampler: String
  let scalingFactor: Double
  let modelName: String

  /// Columns of the strips beside that of z and z₀.
  static let columns = 12
  /// There is room for the maps of so many words.
  private static let mostWords = 9

  init(_ run: ArchitectureRun, _ numbers: ArchitectureNumbers) {
    let (trace, pipeline) = (run.trace, run.model.pipeline)
    let autoencoder = pipeline.autoencoder
    picture = run.given.unit
    result = trace.result.pictures[index: 0]
    noun = run.given.picture.noun
    encoder = Self.levels(run.levels(of: "encoder", "down_blocks", count: autoencoder.encoder.downBlocks.count))
    decoder = Self.levels(run.levels(of: "decoder", "up_blocks", count: autoencoder.decoder.upBlocks.count))
    latents = run.latents[index: 0]
    finished = trace.result.latents[index: 0]
    noised = run.noised.evenlyChosen(Self.columns)
    denoised = Self.denoised(run)
    step = Self.step(run)
    unet = run.unet
    prompt = trace.request.prompts[0]
    let encoded = Self.tokens(prompt, pipeline.tokenizer)
    tokens = encoded
    (contextLength, textWidth) = (pipeline.tokenizer.contextLength, trace.textStates.shape[2])
    let last = trace.textStates.shape[0] - 1
    embeddings = trace.embeddings[index: last].sliced(0..<encoded.count)
    states = trace.textStates[index: last].sliced(0..<encoded.count)
    layerCount = pipeline.textEncoder.textModel.encoder.layers.count
    layers = Self.textLayers(run, layerCount)
    maps = Self.maps(run, encoded)
    self.numbers = numbers.rows
    (pixelNumbers, latentNumbers) = (numbers.pixelNumbers, numbers.latentNumbers)
    steps = trace.moments.count
    guidanceScale = Double(trace.request.guidanceScale)
    sampler = trace.sampler.title
    scalingFactor = Double(autoencoder.configuration.scalingFactor)
    modelName = run.model.name
  }

  private static func levels(_ outputs: [Tensor]) -> [Level] {
    outputs.map { output in
      let deviations = (0..<output.shape[0]).map { output[index: $0].standardDeviation() }
      let best = deviations.indices.max { deviations[$0] < deviations[$1] } ?? 0
      return Level(output: output, channel: output.sliced(best..<(best + 1)))
    }
  }

  private static func denoised(_ run: ArchitectureRun) -> [Denoised] {
    let moments = Array(run.trace.moments.reversed()).evenlyChosen(columns)
    let guesses = run.model.decoded(moments.map(\.guess))
    return zip(moments, guesses).map { moment, guess in
      Denoised(
        t: moment.t, latents: moment.sample[index: 0], guess: guess, isShown: moment.call == run.moment.call,
        isNext: moment.call == run.moment.call + 1)
    }
  }

  private static func step(_ run: ArchitectureRun) -> Step {
    let moment = run.moment
    let (without, with) = run.trace.answers(at: moment.call)
    let made = run.trace.step(moment.call)
    func formula(_ index: Int) -> RichText { made[made.count - index].origin.text.withWholeBrackets }
    return Step(
      t: moment.t, latents: moment.sample[index: 0], unconditional: without.map { $0[index: 0] },
      conditional: with[index: 0], guided: moment.prediction[index: 0], guess: moment.guess[index: 0],
      next: moment.next[index: 0], names: run.trace.answer, guessFormula: formula(2), stepFormula: formula(1))
  }

  /// The first tokens: start, the words, end and a padding, or as many as nine words would need.
  private static func tokens(_ prompt: String, _ tokenizer: CLIPTokenizer) -> [PromptTokens.Token] {
    let all = PromptTokens(prompt, tokenizer)
    return Array(all.tokens.prefix(min(all.places(of: .word).count, mostWords) + 3))
  }

  private static func textLayers(_ run: ArchitectureRun, _ count: Int) -> [TextLayer] {
    Array(0..<count).evenlyChosen(4).map { number in
      let map = run.trace.recorded("text_encoder.text_model.encoder.layers.\(number).self_attn.probabilities")
      return TextLayer(attention: map[index: map.shape[0] - 1].mean(along: 0), name: "layer \(number + 1)")
    }
  }

  /// The mean over heads and layers of full resolution at the step that is drawn, of each word.
  private static func maps(
    _ run: ArchitectureRun, _ tokens: [PromptTokens.Token]
  ) -> [(word: String, map: Tensor)] {
    let (height, width) = (run.latents.shape[2], run.latents.shape[3])
    let all = run.trace.recorder.entries.filter {
      $0.key.hasPrefix(run.moment.path + "/") && $0.key.hasSuffix(".attn2.probabilities")
    }
    let places = all.map(\.tensor.shape[2]).max() ?? 0
    guard places > 0, let size = size(ofPlaces: places, height, width) else { return [] }
    let largest = all.filter { $0.tensor.shape[2] == places }.map(\.tensor)
    let means = largest.map { $0[index: $0.shape[0] - 1].mean(along: 0) }
    let sum = means.dropFirst().reduce(means[0]) { $0 + $1 } / Float(means.count)
    return tokens.indices.filter { tokens[$0].kind == .word }.prefix(mostWords).map { place in
      (tokens[place].text, sum.sliced(place..<(place + 1), along: 1).reshaped([size.height, size.width]))
    }
  }

  /// Halving the latents' size until it has that many places.
  private static func size(ofPlaces count: Int, _ height: Int, _ width: Int) -> (height: Int, width: Int)? {
    var (h, w) = (height, width)
    while h * w > count, h > 1 { (h, w) = ((h + 1) / 2, (w + 1) / 2) }
    return h * w == count ? (h, w) : nil
  }

  /// A formula of the catalogue as figures show it.
  func equation(_ id: String) -> RichText { TracedTensor.Origin.formula(id).text.withWholeBrackets }

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "architecture", title: "Latent diffusion: a picture is made where it is small, and a text says which",
      caption: """
        The latent diffusion model \(modelName) with the tensors of one run. Left, pixel space: \(noun) is encoded; below, \
        the finished latents are decoded. Middle, latent space: z is noised (top) and taken from z_T back to z₀ in \(steps) \
        steps of \(sampler) (bottom), \
        columns at the same t; between them the U-Net of the step at t = \(step.t), drawn from its module tree with the \
        feature maps of this run. Right, the condition: “\(prompt)” as tokens, embeddings and text states, which enter the \
        U-Net by cross-attention.
        """,
      alternativeText: """
        A poster with three areas. On the left a picture goes through an encoder that makes it smaller, and another comes \
        out of a decoder. In the middle a row of small pictures turns into noise, below it a U-shaped network, and below that \
        a row that turns from noise into a picture. On the right a text becomes numbers that enter the network.
        """,
      provenance: provenance, content: ArchitecturePoster(content: self))
  }
}

extension RichText {
  /// The same, with line breaks only outside its brackets, and before + and − rather than after.
  fileprivate var withWholeBrackets: RichText {
    var (depth, last) = (0, Character(" "))
    let characters = markup.map { character -> Character in
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      defer { last = character }
      return character == " " && (depth > 0 || "+−".contains(last)) ? "\u{A0}" : character
    }
    return RichText(markup: String(characters))
  }
}
