import Datasets
import Drawing
import Foundation
import Tensors
import Training

/// Modes covered over several seeds by each method, from the shipped measurement, and this run's seed beside it.
struct ModeCoverageStage: Stage {
  let name = "mode-coverage"
  let summary = "Sets this run beside many seeds of each method, and beside other settings"
  let models = [MixtureTables.model]
  let parameters: [StageParameter] = MixtureRuns.parameters

  let facts =
    ["em", "em_single", "em_few", "gan", "diffusion"].flatMap { method in
      [
        FactDeclaration("\(method)_mean", "modes covered, mean over the seeds: \(method)"),
        FactDeclaration("\(method)_least", "fewest modes covered by a seed: \(method)"),
        FactDeclaration("\(method)_full", "seeds that cover all modes: \(method)"),
        FactDeclaration("\(method)_strays", "share of strays, mean over the seeds: \(method)"),
        FactDeclaration("\(method)_imbalance", "share in the wrong mode, mean over the seeds: \(method)"),
      ]
    } + [
      FactDeclaration("seeds", "seeds measured"),
      FactDeclaration("modes", "modes of the data"),
      FactDeclaration("grid_size", "settings of the GAN that were tried"),
      FactDeclaration("grid_full", "of these, how many cover all eight modes with both seeds"),
      FactDeclaration("grid_near", "how many do so and misplace at most twice as many samples as the denoiser"),
      FactDeclaration("grid_half", "how many cover half of the modes or fewer, on average"),
      FactDeclaration("grid_median", "modes covered by the setting in the middle"),
      FactDeclaration("best_setting", "the best setting in words"),
      FactDeclaration("rates_size", "learning rates of the denoiser that were tried"),
      FactDeclaration("rates_full", "of these, how many cover all eight modes with both seeds"),
      FactDeclaration("rates_misplaced", "share of samples they misplace, from the least rate to the largest"),
      FactDeclaration("rates_span", "the rates, from least to largest"),
      FactDeclaration("curves", "one sentence: strays of GAN and denoiser on ring and spiral"),
      FactDeclaration("live_check", "one sentence: whether this run is where the file says"),
      FactDeclaration("more_even", "which of GAN and denoiser puts fewer samples in the wrong place, in words"),
    ]

  let figures = [
    FigureDeclaration(
      "mode-coverage", "Modes covered, strays and imbalance of each method over many seeds",
      formulas: ["metric.mode_coverage"]),
    FigureDeclaration("gan-settings", "What a GAN makes with each setting that was tried, and a denoiser"),
  ]

  /// A column of the figure.
  struct Method {
    let key: String
    let title: String
    let color: Int
    let runs: [MixtureTables.Run]
  }

  static func methods(_ tables: MixtureTables, _ data: String) -> [Method] {
    [
      Method(
        key: "em_single", title: "EM, k = 8, one start", color: 2,
        runs: tables.runs(data, "em", components: 8, starts: 1)),
      Method(key: "em", title: "EM, k = 8", color: 2, runs: tables.runs(data, "em", components: 8, starts: 5)),
      Method(
        key: "em_few", title: "EM, k = 4", color: 2,
        runs: tables.runs(data, "em", components: 4, starts: 5)),
      Method(key: "gan", title: "GAN", color: 1, runs: tables.runs(data, "gan")),
      Method(key: "diffusion", title: "diffusion", color: 0, runs: tables.runs(data, "diffusion")),
    ]
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let folder = try context.home.model(MixtureTables.model)
    let tables = try MixtureTables(folder: folder)
    let data = MixtureRuns.data(context)
    let methods = Self.methods(tables, data.name)
    guard methods.allSatisfy({ !$0.runs.isEmpty }) else {
      throw UserError("\(folder)/modes.csv has no runs of every method on \(data.name)", code: .data)
    }
    let both = try MixtureRuns.both(context)
    let live = LiveCounts(gan: both.gan.count(of: data), diffusion: both.diffusion.count(of: data))
    var result = StageResult()
    for method in methods { Self.add(method, to: &result) }
    result.fact("seeds", methods[0].runs.count)
    result.fact("modes", data.means.shape[0])
    addSettings(tables, to: &result)
    let (gan, diffusion) = (methods[3].runs, methods[4].runs)
    result.fact("curves", Self.curves(tables))
    result.fact(
      "live_check",
      live.check(gan: gan, diffusion: diffusion, seed: context.seed, updates: context.integer("updates")))
    func misplaced(_ runs: [MixtureTables.Run]) -> Double {
      runs.map { $0.strays + (1 - $0.strays) * $0.imbalance }.mean
    }
    result.fact("more_even", misplaced(diffusion) < misplaced(gan) ? "the diffusion model" : "the GAN")
    result.table(Self.table(tables))
    result.table(Self.bySetting(tables.trials("gan")))
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("mode-coverage") { () throws(UserError) in
      ModeCoverageFigure(methods: methods, live: live, data: data).figure(provenance)
    }
    result.figure("gan-settings") { () throws(UserError) in SettingsFigure(tables: tables).figure(provenance) }
    return result
  }

  private static func add(_ method: Method, to result: inout StageResult) {
    let runs = method.runs
    result.fact("\(method.key)_mean", runs.map { Double($0.covered) }.mean)
    result.fact("\(method.key)_least", runs.map(\.covered).min() ?? 0)
    result.fact("\(method.key)_full", runs.count { $0.covered == $0.modes })
    result.fact("\(method.key)_strays", runs.map(\.strays).mean)
    result.fact("\(method.key)_imbalance", runs.map(\.imbalance).mean)
  }

  private func addSettings(_ tables: MixtureTables, to result: inout StageResult) {
    let (gans, rates) = (tables.trials("gan"), tables.trials("diffusion"))
    let modes = 8.0
    let standard = rates.first { $0.settings["learning_rate"].map { Float($0) } == MixtureDDPM.standardRate }
    let bound = 2 * (standard?.misplaced ?? 0)
    let covered = gans.map(\.covered).sorted()
    let values = rates.compactMap { $0.settings["learning_rate"] }
    result.fact("grid_size", gans.count)
    result.fact("grid_full", gans.count { $0.covered == modes })
    result.fact("grid_near", gans.count { $0.covered == modes && $0.misplaced <= bound })
    result.fact("grid_half", gans.count { $0.covered <= modes / 2 })
    result.fact("grid_median", covered[covered.count / 2])
    result.fact("best_setting", tables.bestGAN.words)
    result.fact("rates_size", rates.count)
    result.fact("rates_full", rates.count { $0.covered == modes })
    result.fact(
      "rates_misplaced",
      rates.map { NumberText.fixed(100 * $0.misplaced, decimals: 0) + " %" }.joined(separator: ", "))
    result.fact(
      "rates_span",
      "\(NumberText.short(values.min() ?? 0, significant: 1)) to \(NumberText.short(values.max() ?? 0, significant: 1))"
    )
  }

  /// Which of the two strays less on curves, with the numbers.
  private static func curves(_ tables: MixtureTables) -> String {
    let parts = ["ring", "spiral"].map { data -> String in
      let shares = ["gan", "diffusion"].map { tables.runs(data, $0).map(\.strays).mean }
      let words = shares.map { NumberText.fixed(100 * $0, decimals: 1) + " %" }
      return shares[0] < shares[1]
        ? "on the \(data) the tuned GAN strays less than the denoiser (\(words[0]) against \(words[1]))"
        : "on the \(data) the denoiser strays less than the tuned GAN (\(words[1]) against \(words[0]))"
    }
    let sentence = parts.joined(separator: ", and ")
    return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
  }

  /// Means over the seeds for every data set.
  private static func table(_ tables: MixtureTables) -> StageTable {
    StageTable(
      name: "by-data", title: "Means over \(tables.runs(GaussianMixture2D.eightGaussians.name, "gan").count) seeds",
      columns: [.init("data", numeric: false), .init("method", numeric: false)]
        + ["modes covered", "strays", "imbalance"].map { .init($0) },
      rows: GaussianMixture2D.all.flatMap { data in
        methods(tables, data.name).filter { !$0.runs.isEmpty }.map { method in
          [
            data.title, method.title,
            "\(NumberText.fixed(method.runs.map { Double($0.covered) }.mean, decimals: 1)) of \(method.runs[0].modes)",
            NumberText.fixed(100 * method.runs.map(\.strays).mean, decimals: 1) + " %",
            NumberText.fixed(100 * method.runs.map(\.imbalance).mean, decimals: 1) + " %",
          ]
        }
      })
  }

  /// What each choice did on average over all the others.
  private static func bySetting(_ trials: [MixtureTables.Trial]) -> StageTable {
    StageTable(
      name: "by-setting", title: "The GAN’s settings: means over all others",
      columns: [.init("setting", numeric: false)] + ["value", "modes covered", "misplaced"].map { .init($0) },
      rows: MixtureTables.settingNames.flatMap { name in
        Set(trials.compactMap { $0.settings[name] }).sorted().map { value in
          let these = trials.filter { $0.settings[name] == value }
          return [
            name.replacing("_", with: " "), NumberText.short(value, significant: 1),
            NumberText.fixed(these.map(\.covered).mean, decimals: 1),
            NumberText.fixed(100 * these.map(\.misplaced).mean, decimals: 0) + " %",
          ]
        }
      })
  }
}

/// This run's counts.
struct LiveCounts {
  let gan: ModeCount
  let diffusion: ModeCount

  /// One sentence: whether the run is where the file's line of the same seed is.
  func check(
    gan ganRuns: [MixtureTables.Run], diffusion diffusionRuns: [MixtureTables.Run], seed: UInt64, updates: Int
  ) -> String {
    guard ganRuns[0].updates == updates, diffusionRuns[0].updates == updates else {
      return "The file was made with \(ganRuns[0].updates) updates, so this run is not compared with it."
    }
    guard let gan = ganRuns.first(where: { $0.seed == seed }),
      let diffusion = diffusionRuns.first(where: { $0.seed == seed })
    else {
      return "The file has no line of seed \(seed), so this run is one more."
    }
    let agree = near(self.gan, gan) && near(self.diffusion, diffusion)
    return agree
      ? "This run's numbers are those of the file's lines for seed \(seed)."
      : "This run's numbers differ from those of the file's lines for seed \(seed): another processor rounds otherwise, and "
        + "training carries that on."
  }

  /// The file has four decimals.
  private func near(_ count: ModeCount, _ run: MixtureTables.Run) -> Bool {
    count.covered == run.covered && abs(count.strays - run.strays) < 0.00011
      && abs(count.imbalance - run.imbalance) < 0.00011
  }
}

extension MixtureTables.Trial {
  /// The GAN's setting as the words of a sentence.
  var words: String {
    func value(_ name: String) -> String { NumberText.short(settings[name] ?? 0, significant: 1) }
    let factor = settings["discriminator_factor"] == 1 ? "the same" : "\(value("discriminator_factor")) times that"
    let noise =
      settings["input_noise"] == 0
      ? "no noise on what the discriminator sees"
      : "noise of \(value("input_noise")) on what the discriminator sees, fading out"
    return
      "learning rate \(value("learning_rate")), \(factor) for the discriminator, \(value("discriminator_steps")) of its "
      + "updates for one of the generator, \(noise)"
      + (settings["sees_waves"] == 0 ? "" : ", sines of the coordinates shown to it")
  }
}
