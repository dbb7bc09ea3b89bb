import Diffusion
import Stages
import Tensors
import TestSupport
import Testing

@Suite struct LossByTimestepTests {
  static let header = "timestep,loss,standard_error,pictures,weights\n"
  static let sweep = header + "0,0.9,0.01,500,abc\n500,0.1,0.01,500,abc\n999,0.001,0.0001,500,abc\n"
  static let log =
    "step,images,seconds,loss,learning_rate,gradient_norm\n50,3200,20,0.6,0.0005,3\n100,6400,40,0.2,0.001,1\n"
    + "1000,64000,400,0.05,0.0001,0.5\n"

  @Test func runsWithoutTheLongMeasurement() throws {
    try SmallHome.with { small in
      let result = try small.run("loss-by-timestep", ["timesteps": "100,900", "draws": "1"])
      #expect(result.text("sweep").contains("diffuse evaluate fashion-ddpm"))
      #expect(result.number("compared") == 0)
      #expect(result.tables.first?.rows.map { $0[3] } == ["–", "–"])
    }
  }

  @Test func readsBetweenTheLinesOfTheLongMeasurement() throws {
    try SmallHome.with { small in
      try small.write(Self.sweep, as: "loss-by-timestep.csv")
      let result = try small.run("loss-by-timestep", ["timesteps": "0,125,500,999", "draws": "1"])
      #expect(result.tables.first?.rows.map { $0[3] } == ["0.90000", "0.70000", "0.10000", "0.00100"])
      #expect(result.number("compared") == 4)
      #expect(result.text("sweep").contains("weights abc, which are other weights than these"))
    }
  }

  static let torn: [(text: String, says: String)] = [
    (header + "0,0.9,0.01,500,abc\n500,x,0.01,500,abc\n", "loss-by-timestep.csv, line 3: expected timestep"),
    (header + "500,0.1,0.01,500,abc\n0,0.9,0.01,500,abc\n", "line 3"),
    (header + "0,0.9,0.01,500\n", "line 2"), (header + "0,-1,0.01,500,abc\n", "line 2"),
    (header + "0,0.9,0.01,500,abc\n", "fewer than two lines"), ("", "fewer than two lines"),
  ]

  @Test(arguments: torn)
  func refusesTornMeasurements(_ expected: (text: String, says: String)) throws {
    try SmallHome.with { small in
      try small.write(expected.text, as: "loss-by-timestep.csv")
      let sentence = sentence { _ = try small.run("loss-by-timestep", ["timesteps": "100", "draws": "1"]) }
      #expect(sentence.contains(expected.says), "\(sentence)")
    }
  }

  /// E ‖x_t − ε‖² in closed form against the mean over drawn noise: 30 pictures of 1,024 pixels.
  @Test(arguments: [100, 500, 900])
  func handingBackCostsWhatTheClosedFormSays(_ t: Int) throws {
    try SmallHome.with { small in
      let result = try small.run("loss-by-timestep", ["timesteps": "\(t)"])
      let garments = try small.home.garmentNames.map { name in
        try small.run("noise-prediction", ["image": name, "timesteps": "0"]).tensor("x0")
      }.compactMap { $0 }
      let power = Double(Tensor.concatenated(garments).scalars.reduce(0) { $0 + $1 * $1 }) / Double(10 * 1024)
      let share = Double(try NoiseSchedule().alphasCumprod[t])
      let rest = 1 - (1 - share).squareRoot()
      let expected = share * power + rest * rest
      #expect(abs(try result.column("ε̂ = x_t")[0] / expected - 1) < 0.05)
    }
  }

  @Test func trainingCurveReadsTheLog() throws {
    try SmallHome.with { small in
      try small.write(Self.log, as: "training.csv")
      let result = try small.run("training-curve")
      #expect(result.number("steps") == 1000 && result.number("batch_size") == 64)
      #expect(result.number("first_loss") == 0.6 && result.number("tenth_loss") == 0.2)
      #expect(result.number("last_loss") == 0.05)
    }
  }

  static let logs: [(text: String?, says: String)] = [
    (nil, "training.csv is missing"), ("step,loss\n50,0.1\n", "training.csv, line 2"),
    ("step,images,seconds,loss,learning_rate,gradient_norm\n", "fewer than two lines"),
  ]

  @Test(arguments: logs)
  func refusesTornLogs(_ expected: (text: String?, says: String)) throws {
    try SmallHome.with { small in
      if let text = expected.text { try small.write(text, as: "training.csv") }
      let sentence = sentence { _ = try small.run("training-curve") }
      #expect(sentence.contains(expected.says), "\(sentence)")
    }
  }
}
