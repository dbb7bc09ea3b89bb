import ArgumentParser
import Diffusion
import Foundation
import LessonRunner
import Tensors

/// `diffuse schedule`: which timesteps a sampler visits, and with how much noise.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Prints a sampler's timesteps and noise levels.",
    discussion: """
      Example:

        diffuse schedule --scheduler ddim --num-inference-steps 20
        diffuse schedule --scheduler heun --num-inference-steps 8 --json

      What is left out has the value diffusers gives that scheduler. JSON holds timesteps, sigmas (one more than \
      timesteps), init_noise_sigma, and betas and alphas_cumprod of all training timesteps.
      """)

  @Option(help: "ddpm, ddim, euler, euler-ancestral, heun or dpmsolver++.")
  var scheduler: String

  @Option(parsing: .unconditional, help: "How many steps the sampler takes.")
  var numInferenceSteps: Int

  @Option(parsing: .unconditional, help: "How many timesteps the forward process has (1000).")
  var numTrainTimesteps: Int?

  @Option(parsing: .unconditional, help: "β of the first timestep, between 0 and 1.")
  var betaStart: Double?

  @Option(parsing: .unconditional, help: "β of the last timestep, between 0 and 1.")
  var betaEnd: Double?

  @Option(help: "linear, scaled_linear or squaredcos_cap_v2.")
  var betaSchedule: String?

  @Option(help: "leading, trailing or linspace.")
  var timestepSpacing: String?

  @Option(parsing: .unconditional, help: "What is added to each timestep of the leading spacing.")
  var stepsOffset: Int?

  @Option(help: "What the model predicts: epsilon, sample or v_prediction.")
  var predictionType: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let sampler = try settings().makeSampler()
    let plan = try sampler.plan(numInferenceSteps: numInferenceSteps)
    try Console.write(json ? scheduleJSON(sampler, plan) : ScheduleTable(sampler: sampler, plan: plan).text)
  }

  private func settings() throws(UserError) -> SamplerSettings {
    var settings = SamplerSettings(try SamplerKind(named: scheduler))
    settings.schedule.numTrainTimesteps = numTrainTimesteps ?? settings.schedule.numTrainTimesteps
    settings.schedule.betaStart = betaStart ?? settings.schedule.betaStart
    settings.schedule.betaEnd = betaEnd ?? settings.schedule.betaEnd
    settings.stepsOffset = stepsOffset ?? settings.stepsOffset
    if let betaSchedule { settings.schedule.betaSchedule = try named("beta schedule", betaSchedule) }
    if let timestepSpacing { settings.timestepSpacing = try named("timestep spacing", timestepSpacing) }
    if let predictionType { settings.predictionType = try named("prediction type", predictionType) }
    return settings
  }

  private func named<Name: RawRepresentable & CaseIterable>(
    _ option: String, _ text: String
  ) throws(UserError) -> Name where Name.RawValue == String {
    guard let name = Name(rawValue: text) else {
      throw .unknown(option, text, among: Name.allCases.map(\.rawValue))
    }
    return name
  }
}

private func scheduleJSON(_ sampler: any Sampler, _ plan: SamplingPlan) throws -> String {
  struct Listing: Encodable {
    var scheduler: String
    var timesteps, sigmas: [Float]
    var initNoiseSigma: Float
    var betas, alphasCumprod: [Float]
  }
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  let listing = Listing(
    scheduler: sampler.settings.kind.rawValue, timesteps: plan.timesteps, sigmas: plan.sigmas,
    initNoiseSigma: plan.initNoiseSigma, betas: sampler.schedule.betas, alphasCumprod: sampler.schedule.alphasCumprod)
  return String(decoding: try encoder.encode(listing), as: UTF8.self) + "\n"
}

/// The plan as a table of at most 80 columns.
private struct ScheduleTable {
  let sampler: any Sampler
  let plan: SamplingPlan

  var text: String {
    let rows = plan.sigmas.indices.map(row)
    return (heading + ["", header] + rows).joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    let (settings, schedule) = (sampler.settings, sampler.schedule)
    let calls = plan.timesteps.count
    let steps = "\(plan.numInferenceSteps) step\(plan.numInferenceSteps == 1 ? "" : "s")"
    let suffix = calls == plan.numInferenceSteps ? "" : ", \(calls) model calls"
    return [
      "\(settings.kind.title): \(steps)\(suffix) over \(schedule.numTrainTimesteps) timesteps, "
        + "\(settings.timestepSpacing.rawValue) spacing",
      "betas           \(ends(schedule.betas)) (\(settings.schedule.betaSchedule.rawValue))",
      "alphas_cumprod  \(ends(schedule.alphasCumprod))",
      "first sample    \(number(plan.initNoiseSigma)) · N(0, 1); the model predicts \(settings.predictionType.rawValue)",
    ]
  }

  private var header: String {
    columns("call", "timestep", "sigma", "alpha_cumprod", "signal √ᾱ", "noise √(1−ᾱ)")
  }

  private func row(_ call: Int) -> String {
    let sigma = plan.sigmas[call]
    let alphaBar = 1 / (sigma * sigma + 1)
    let isEnd = call == plan.timesteps.count
    return columns(
      isEnd ? "end" : "\(call + 1)", isEnd ? "–" : number(plan.timesteps[call]), number(sigma), number(alphaBar),
      number(alphaBar.squareRoot()), number((1 - alphaBar).squareRoot()))
  }

  private func columns(_ cells: String...) -> String {
    zip(cells, [5, 11, 12, 16, 13, 16]).map { cell, width in
      String(repeating: " ", count: max(width - cell.count, 1)) + cell
    }.joined()
  }

  private func ends(_ values: [Float]) -> String {
    "\(number(values[0])) … \(number(values[values.count - 1]))"
  }

  /// Six significant digits.
  private func number(_ value: Float) -> String { String(format: "%.6g", Double(value)) }
}
