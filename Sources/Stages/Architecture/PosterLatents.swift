import Drawing
import Tensors

/// Latent space: the noising above, the network of one step, the denoising below.
extension PosterPainter {
  private var left: Double { Self.areas.latents }
  private var right: Double { Self.areas.text - Self.gap }

  // MARK: Forward

  func drawForward() {
    let (y, side) = (Self.forwardY, Self.pictureSide)
    words(
      RichText("noising: ") + content.equation("forward.closed_form") + " in one jump, for any t", left + 15.5, 1.25,
      .start, role: .label)
    words("z", columnX(0), y - side / 2 - 0.3, .middle, .bottom, role: .label)
    words(RichText(verbatim: shape(content.latents)), columnX(0), y + side / 2 + 0.3, color: .muted)
    latents(content.latents, at: columnX(0), y, side: side)
    for (index, noised) in content.noised.enumerated() {
      let x = columnX(index + 1)
      latents(noised.latents[index: 0], at: x, y, side: side)
      let isLast = index == content.noised.count - 1
      words(isLast ? "z_T" : RichText("t = \(noised.t)"), x, y - side / 2 - 0.3, .middle, .bottom, role: .label)
      words(
        RichText("\(NumberText.fixed(noised.signal, decimals: 2)) z"), x, y + side / 2 + 0.3, color: .muted)
      words(
        RichText("+ \(NumberText.fixed(noised.noise, decimals: 2)) ε"), x, y + side / 2 + 1.45, color: .muted)
    }
    let under = y + side / 2 + 3.2
    arrow([(columnX(0) - 1.5, under), (columnX(columnCount - 1) + 1.5, under)], Self.latents, width: 2.2)
    words(
      "q(z_t | z): known, nothing is learned here", (left + right) / 2, under + 0.35, color: Self.latents)
  }

  private func shape(_ tensor: Tensor) -> String { tensor.shape.map(String.init).joined(separator: "×") }

  // MARK: Network

  func drawNetwork() {
    words(
      RichText("denoising U-Net: z_t, t, y → \(content.step.names.plain)"), left + 1.2, 19.6, .start, role: .title,
      color: Self.shown)
    words(
      RichText("its module tree, with the feature maps of this run at t = \(content.step.t) (z_t framed, as below)"),
      right - 1.2, 20.1, .end, color: .muted)
    let (diagram, place) = (networkDiagram, networkPlace)
    if networkFactor > 1 {
      SideBySide(items: [.init(heading: "", content: diagram)]).draw(on: canvas, in: place)
    } else {
      diagram.draw(on: canvas, in: place)
    }
    drawNetworkKey(46.6)
  }

  private var networkPlace: Rect { rect(left + 1.5, 22.4, right - left - 5.5, 23.4) }

  private var networkDiagram: UNetDiagram {
    UNetDiagram(
      map: content.unet, input: content.step.latents, timestep: content.step.t, className: nil,
      answer: RichText(verbatim: content.step.names.plain), hasNotes: networkFactor <= 1, hasKey: false,
      inputFrame: Self.shown)
  }

  /// How many times more room the network needs without notes than there is.
  private var networkFactor: Double {
    let bare = UNetDiagram(
      map: content.unet, input: content.step.latents, timestep: content.step.t, className: nil, hasNotes: false)
    let needed = bare.minimumSize(style)
    return max(needed.width / networkPlace.width, needed.height / networkPlace.height, 1)
  }

  /// Middle of the network's answer, in units.
  private var answerMiddle: (x: Double, y: Double) {
    let (place, factor) = (networkPlace, networkFactor)
    let room = Rect(x: 0, y: 0, width: place.width * factor, height: place.height * factor)
    let box = networkDiagram.answerPlace(in: room, style)
    return (
      (place.minX + box.maxX / factor - origin.x) / unit, (place.minY + box.midY / factor - origin.y) / unit
    )
  }

  /// What colours, marks and dashes of the network mean, in one row.
  private func drawNetworkKey(_ y: Double) {
    var x = left + 2.2
    func entry(_ text: RichText, _ sign: (Rect) -> Void) {
      sign(rect(x, y - 0.45, 1.4, 0.9))
      words(text, x + 2, y, .start, .middle, color: .muted)
      x += 2 + style.size(of: text, .note).width / unit + 1.7
    }
    func swatch(_ text: RichText, _ kind: UNetMap.Kind) {
      entry(text) { canvas.stroke(.rectangle($0), kind.color, width: 1.6) }
    }
    if content.unet.layers.contains(where: { $0.kind == .residual }) { swatch("residual block", .residual) }
    swatch("with self- and cross-attention", .residualWithTransformer)
    swatch("convolution", .convolution)
    entry("t comes in") { UNetDiagram.drawMark(on: canvas, at: $0.center) }
    entry("y comes in") { UNetDiagram.drawMark("y", Self.text, on: canvas, at: $0.center) }
    entry("skip connection") { box in
      canvas.arrow(
        from: Point(box.minX, box.midY), to: Point(box.maxX, box.midY), .palette(3), width: 0.9, dash: [3, 2])
    }
  }

  // MARK: One step

  /// Middles of the pictures of a step, from the network's answer (right) to the next latents (left).
  private var stepY: Double { 53 }

  func drawStep() {
    let step = content.step
    let side = Self.pictureSide
    let next = content.denoised.firstIndex { $0.isNext }.map { columnX($0 + 1) } ?? columnX(min(3, columnCount - 1))
    let start = right - 4.2
    let answers: [(RichText, Tensor)] =
      [(RichText(verbatim: step.names.plain) + "(z_t, y)", step.conditional)]
      + (step.unconditional.map { [(RichText(verbatim: step.names.plain) + "(z_t, ∅)", $0)] } ?? [])
    for (index, (name, tensor)) in answers.enumerated() {
      let x = start - Double(index) * (side + 1)
      latents(tensor, at: x, stepY, side: side)
      words(name, x, stepY + side / 2 + 0.3)
    }
    let guidedFrom = start - Double(answers.count - 1) * (side + 1)
    let middles = (1...3).map { guidedFrom + (next - guidedFrom) * Double($0) / 3 }
    let formulas = [
      content.equation("guidance.cfg") + RichText(", w\u{A0}=\u{A0}\(NumberText.short(content.guidanceScale))"),
      step.guessFormula,
      step.stepFormula,
    ]
    let entries: [(RichText, Tensor, ColorRole?)] = [
      (RichText(verbatim: step.names.guided), step.guided, nil), ("ẑ₀", step.guess, nil),
      ("z, one step on", step.next, Self.next),
    ]
    var from = guidedFrom
    for (index, (name, tensor, frame)) in entries.enumerated() {
      let x = middles[index]
      latents(tensor, at: x, stepY, side: side, frame: frame)
      words(name, x, stepY + side / 2 + 0.3)
      let (tail, tip) = (from - side / 2 - 0.3, x + side / 2 + 0.3)
      arrow([(tail, stepY), (tip, stepY)])
      words(formulas[index], (tail + tip) / 2, stepY - 0.5, .middle, .bottom, width: tail - tip)
      from = x
    }
    // From the network's answer, down the right side, to the step.
    let answer = answerMiddle
    arrow([
      (answer.x + 0.3, answer.y), (right - 1.1, answer.y), (right - 1.1, stepY), (start + side / 2 + 0.3, stepY),
    ])
    arrow([(next, stepY + side / 2 + 1.7), (next, Self.reverseY - side / 2 - 1.8)], Self.next)
  }

  // MARK: Reverse

  func drawReverse() {
    let (y, side) = (Self.reverseY, Self.pictureSide)
    latents(content.finished, at: columnX(0), y, side: side)
    words("z₀", columnX(0), y - side / 2 - 0.3, .middle, .bottom, role: .label)
    let guessY = y + side + 1.6
    for (index, moment) in content.denoised.enumerated() {
      let x = columnX(index + 1)
      let frame: ColorRole? = moment.isShown ? Self.shown : moment.isNext ? Self.next : nil
      latents(moment.latents, at: x, y, side: side, frame: frame)
      let isLast = index == content.denoised.count - 1
      words(isLast ? "z_T" : RichText("t = \(moment.t)"), x, y - side / 2 - 0.3, .middle, .bottom, role: .label)
      picture(moment.guess, .unit, at: x, guessY, side: side)
    }
    words("D(ẑ₀)", columnX(0), guessY, .middle, .middle, role: .label)
    let under = guessY + side / 2 + 1.2
    arrow([(columnX(columnCount - 1) + 1.5, under), (columnX(0) - 1.5, under)], Self.latents, width: 2.2)
    words(
      RichText("denoising: \(content.steps) steps of \(content.sampler), the same network at each"),
      (left + right) / 2, under + 0.35, color: Self.latents)
  }
}
