import Drawing

extension LossCurve {
  /// Loss over t on a logarithmic axis: the long measurement as a line, this run as points, two lazy answers beside.
  func figure(_ sweep: TimestepSweep?, _ provenance: Provenance) -> Figure {
    let all = Array(stride(from: 0, to: schedule.numTrainTimesteps, by: 9)).map { $0 }
    var layers: [any ChartLayer] = [
      ReferenceLine(y: 1, label: "always answering ε̂ = 0"),
      Line(
        "handing x_t back as ε̂", x: all.map(Double.init), y: all.map(copyLoss), color: .palette(1), width: 1.2,
        pattern: .dashed, labelPlacement: .inside),
    ]
    if let sweep {
      layers.append(
        Line(
          "the network, \(sweep.pictures) test pictures", x: sweep.rows.map { Double($0.timestep) },
          y: sweep.rows.map(\.loss), color: .palette(0), width: 1.8,
          band: .init(
            lower: sweep.rows.map { max($0.loss - 2 * $0.standardError, 0.1 * $0.loss) },
            upper: sweep.rows.map { $0.loss + 2 * $0.standardError }), labelPlacement: .inside))
    }
    for n in timesteps.indices {
      let bars = [max(losses[n] - 2 * standardErrors[n], 0.1 * losses[n]), losses[n] + 2 * standardErrors[n]]
      layers.append(
        Line("", x: [Double(timesteps[n]), Double(timesteps[n])], y: bars, color: .palette(2), width: 1.4))
    }
    layers.append(
      Scatter(
        "this run, ten garments", x: timesteps.map(Double.init), y: losses, color: .palette(2), radius: 3, opacity: 1))
    let chart = Chart(
      x: Axis("timestep t", range: 0...999, ticks: [0, 200, 400, 600, 800, 999]),
      y: Axis("mean squared error of ε̂ (logarithmic)", scale: .log), layers: layers)
    return Figure(
      name: "loss-by-timestep", title: "A little noise is the hardest to find",
      caption: """
        The diffusion loss of fashion-ddpm at each t. Points: \(samples) noisy garments, with two standard errors. \
        \(sweep.map { "Line: \(TimestepSweep.fileName), \($0.pictures) test pictures, weights \($0.weights). " } ?? "")\
        Dashed: what it would cost to hand the noisy picture back as the noise.
        """,
      alternativeText: """
        A falling curve on a logarithmic axis: the network's loss is largest at small t and falls by orders of magnitude \
        towards t = 999, below the lines of two lazy answers over most of the range.
        """,
      provenance: provenance, content: chart)
  }
}
