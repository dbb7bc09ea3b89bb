import Foundation
import Testing

@Suite("diffuse schedule")
struct ScheduleCommandTests {
  private let stableDiffusion = [
    "--beta-schedule", "scaled_linear", "--beta-start", "0.00085", "--beta-end", "0.012", "--steps-offset", "1",
    "--timestep-spacing", "leading",
  ]

  private func listing(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Diffuse.run(["schedule"] + arguments + ["--json"], in: "/")
    #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
    return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test func jsonHoldsDiffusersTables() throws {
    let json = try listing(["--scheduler", "ddim", "--num-inference-steps", "5"] + stableDiffusion)
    #expect(json["timesteps"] as? [Double] == [801, 601, 401, 201, 1])
    let (betas, products) = (json["betas"] as? [Double] ?? [], json["alphas_cumprod"] as? [Double] ?? [])
    try #require(betas.count == 1000 && products.count == 1000)
    #expect(abs(betas[0] - 0.00085) < 1e-9 && abs(betas[999] - 0.012) < 1e-8)
    #expect(abs(products[499] - 0.2776697) < 1e-6 && abs(products[999] - 0.0046601) < 1e-7)
    let sigmas = try #require(json["sigmas"] as? [Double])
    #expect(sigmas.count == 6 && sigmas[5] == 0)
    for (sigma, t) in zip(sigmas, [801, 601, 401, 201, 1]) {
      #expect(abs(sigma * sigma * products[t] / (1 - products[t]) - 1) < 1e-4)
    }
  }

  @Test func heunAsksTwiceAtEachTimestepButTheFirst() throws {
    let json = try listing(["--scheduler", "heun", "--num-inference-steps", "3", "--timestep-spacing", "trailing"])
    #expect(json["timesteps"] as? [Double] == [999, 666, 666, 332, 332])
    #expect((json["sigmas"] as? [Double])?.count == 6)
  }

  @Test(arguments: ["ddpm", "ddim", "euler", "euler-ancestral", "heun", "dpmsolver++"])
  func theTableFitsEightyColumns(_ scheduler: String) throws {
    let outcome = try Diffuse.run(["schedule", "--scheduler", scheduler, "--num-inference-steps", "13"])
    #expect(outcome.code == 0 && outcome.error.isEmpty)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 } && lines.count >= 19, "\(outcome.output)")
    #expect(lines.last?.contains("end") == true)
  }

  static let mistakes: [(arguments: [String], says: String)] = [
    (["--scheduler", "dmpsolver++"], "no scheduler is named 'dmpsolver++'; did you mean dpmsolver++?"),
    (["--num-inference-steps", "0"], "num_inference_steps is 0; it must be between 1 and num_train_timesteps = 1000"),
    (["--num-inference-steps", "-4"], "num_inference_steps is -4"),
    (["--num-inference-steps", "many"], "The value 'many' is invalid"),
    (["--num-train-timesteps", "0"], "num_train_timesteps is 0; it must be between 1 and 100000"),
    (["--beta-start", "0"], "beta_start is 0.0; it must lie between 0 and 1"),
    (["--beta-end", "-1"], "beta_end is -1.0"), (["--beta-end", "nan"], "beta_end is nan"),
    (["--beta-schedule", "sigmoid"], "no beta schedule is named 'sigmoid'; known: linear, scaled_linear"),
    (["--timestep-spacing", "trialing"], "did you mean trailing?"),
    (["--steps-offset", "1000"], "steps_offset is 1000; it must be between 0 and 999"),
    (["--steps-offset", "500"], "steps_offset 500 leads to timestep 1300"),
    (["--prediction-type", "noise"], "no prediction type is named 'noise'"),
  ]

  @Test(arguments: mistakes)
  func mistakesEndInOneSentence(_ expected: (arguments: [String], says: String)) throws {
    var arguments = expected.arguments
    if !arguments.contains("--scheduler") { arguments += ["--scheduler", "ddim"] }
    if !arguments.contains("--num-inference-steps") { arguments += ["--num-inference-steps", "5"] }
    let outcome = try Diffuse.run(["schedule"] + arguments)
    #expect(outcome.code == 64 && outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("diffuse: ") && outcome.error.contains(expected.says), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }
}
