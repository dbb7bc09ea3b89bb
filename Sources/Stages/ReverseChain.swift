import Datasets
import Diffusion
import Foundation
import Layers
import Tensors

/// One run of the reverse process: from noise to a garment, with the network's guess x̂₀ at every step.
struct ReverseChain: Stage {
  let name = "reverse-chain"
  let summary = "Takes noise out step by step until a garment is left"
  let models = [GarmentSampler.modelName, GarmentJudge.modelName]

  let parameters: [StageParameter] = [
    GarmentSampler.garmentParameter,
    .integer(
      "num_inference_steps", 1...1000, default: 1000, help: "steps from noise to garment; 1000 is the full chain"),
    GarmentSampler.samplerParameter(default: .ddpm),
    GarmentSampler.guidanceParameter,
    GarmentSampler.etaParameter,
  ]

  let facts = [
    FactDeclaration("model_calls", "calls of the network for this garment"),
    FactDeclaration("first_timestep", "t of the first step"),
    FactDeclaration("first_sigma", "σ of the first step, √((1 − ᾱ)/ᾱ)"),
    FactDeclaration("first_signal", "√ᾱ at the first step, the factor of the garment in x_t"),
    FactDeclaration("first_removed_percent", "share of the predicted noise that the first step takes out, in percent"),
    FactDeclaration("middle_removed_percent", "the same for the step in the middle of the run"),
    FactDeclaration("middle_guess_distance", "RMS distance of x̂₀ from the garment after half of the calls"),
    FactDeclaration("middle_sample_distance", "the same for x_t"),
    FactDeclaration("settled_timestep", "t from which x̂₀ stays within 0.1 RMS of the garment"),
    FactDeclaration("named", "the class the judge names for the garment"),
    FactDeclaration("parameter_count", "numbers the network has learned"),
    FactDeclaration("network_megabytes", "memory of the network, MB, 4 bytes a number"),
    FactDeclaration("copies_gigabytes", "memory of one copy for each of the T states, GB"),
  ]

  let figures = [
    FigureDeclaration(
      "reverse-trajectory", "x_t and the guess x̂₀ side by side along the chain",
      formulas: ["prediction.x0_from_epsilon"]),
    FigureDeclaration(
      "removed-share", "The share of the predicted noise that one step takes out",
      formulas: ["posterior.mean_from_epsilon"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let sampler = try GarmentSampler(context.home)
    let judge = try GarmentJudge(context.home)
    let request = GarmentSampler.Request(
      labels: [sampler.label(of: context.text("garment"))], kind: try context.sampler(),
      steps: context.integer("num_inference_steps"), guidanceScale: context.number("guidance_scale"),
      eta: context.number("eta"), seed: context.seed)
    let plan = try sampler.plan(request.kind, steps: request.steps)
    var moments: [DenoisingMoment] = []
    let garment = try sampler.garments(request) { event in
      let moment = DenoisingMoment(event, scaled: plan.initNoiseSigma != 1)
      if let recorder = context.recorder { moment.record(in: recorder) }
      moments.append(moment)
      context.report(moments.count, of: plan.calls.count, "denoising steps")
    }
    let named = judge.labels(of: garment)[0]
    let chain = DenoisingChain(moments: moments, garment: garment, schedule: sampler.schedule)
    var result = StageResult()
    result.fact("model_calls", try sampler.calls(request))
    result.fact("named", FashionMNIST.classNames[named])
    addNoise(of: chain, to: &result)
    addGuesses(of: chain, to: &result)
    addNetwork(sampler, to: &result)
    result.table(chain.table)
    for moment in chain.shown {
      result.tensor(moment.path + "/x_t", moment.sample)
      result.tensor(moment.path + "/x0_hat", moment.guess)
    }
    result.tensor("x0", garment)
    result.figure("reverse-trajectory") { () throws(UserError) in
      TrajectoryFigure(chain: chain, request: request, garment: context.text("garment"))
        .figure(sampler.provenance(context))
    }
    result.figure("removed-share") { () throws(UserError) in
      try RemovedShareFigure(sampler: sampler, steps: request.steps).figure(sampler.provenance(context))
    }
    return result
  }

  private func addNoise(of chain: DenoisingChain, to result: inout StageResult) {
    let first = chain.moments[0]
    result.fact("first_timestep", Int(first.timestep))
    result.fact("first_sigma", first.sigma)
    result.fact("first_signal", first.signal)
    result.fact("first_removed_percent", 100 * chain.parts(at: 0).removedShare)
    result.fact("middle_removed_percent", 100 * chain.parts(at: chain.moments.count / 2).removedShare)
  }

  private func addGuesses(of chain: DenoisingChain, to result: inout StageResult) {
    let distances = chain.guessDistances
    result.fact("middle_guess_distance", distances[distances.count / 2])
    result.fact("middle_sample_distance", chain.sampleDistances[distances.count / 2])
    let settled = distances.lastIndex { $0 > 0.1 }.map { min($0 + 1, distances.count - 1) } ?? 0
    result.fact("settled_timestep", Int(chain.moments[settled].timestep))
  }

  private func addNetwork(_ sampler: GarmentSampler, to result: inout StageResult) {
    let count = sampler.pipeline.unet.namedParameters().reduce(0) { $0 + $1.parameter.value.count }
    let megabytes = Double(4 * count) / 1e6
    result.fact("parameter_count", count)
    result.fact("network_megabytes", megabytes)
    result.fact("copies_gigabytes", megabytes * Double(sampler.schedule.numTrainTimesteps) / 1000)
  }
}
