/// Which timesteps a run of few steps visits.
enum TimestepFormulas {
  static let formulas: [Formula] = [leading, linspace, trailing, imageToImageStart]

  private static let i = Formula.Symbol("i", "number of the step, 0 with the most noise", "integer, 0…S−1")
  private static let steps = Formula.Symbol("S", "number of steps of the run", "integer, 1…T")
  private static let result = Formula.Symbol("tau[i]", "timestep of step i", "integer", .result)
  private static let flawed = Formula.Source(
    "Lin and others", "table 2",
    "Lin, Liu, Li, Yang 2024: Common Diffusion Noise Schedules and Sample Steps Are Flawed", "arXiv:2305.08891")

  static let leading = Formula(
    "schedule.timesteps_leading", "Leading spacing", "tau[i] = (S - 1 - i)*floor(T/S) + o",
    summary: """
      Every ⌊T/S⌋-th timestep, from 0 up. It never reaches the last ones: with 50 of 1000 steps a run starts at 980 (981 \
      with an offset of 1), although the start is pure noise, which belongs to 999.
      """,
    symbols: [result, i, steps, .stepCount, .init("o", "offset, steps_offset in diffusers", "integer, 0 or 1")],
    sources: [flawed, .ddim("section 4.2")],
    paperForm: "The papers count from t = 1; Stable Diffusion's offset of 1 is a remainder of that.",
    mistakes: [
      .init("trailing", "T - 1 - i*floor(T/S)", "That starts at T − 1, as trailing does; leading ends at 0."),
      .init("not rounded down first", "floor((S - 1 - i)*T/S) + o", "T/S is rounded down before it is multiplied."),
      .init("order turned round", "i*floor(T/S) + o", "Step 0 has the most noise: count down."),
      .init("one stride too far", "(S - i)*floor(T/S) + o", "The largest is (S − 1) strides above the offset."),
      .init("offset forgotten", "(S - 1 - i)*floor(T/S)", "The offset is added to every timestep."),
    ],
    cases: [
      .hand("10 of 1000, the first: 9 · 100 + 1", "i = 0; S = 10; T = 1000; o = 1", "901"),
      .hand("3 of 10: the stride 10/3 is rounded down to 3", "i = 1; S = 3; T = 10; o = 0", "3"),
    ])

  static let linspace = Formula(
    "schedule.timesteps_linspace", "Linspace spacing", "tau[i] = round((T - 1)*(1 - i/(S - 1)))",
    summary: """
      From T − 1 to 0 in equal steps, both ends included, rounded to whole timesteps. Karras-style samplers keep the \
      fractions and interpolate between noise levels.
      """,
    symbols: [result, i, steps, .stepCount], sources: [flawed],
    notes: ["Halves are rounded to even, as NumPy does."],
    mistakes: [
      .init("S gaps instead of S − 1", "round((T - 1)*(1 - i/S))", "Between S timesteps lie S − 1 gaps."),
      .init("from T", "round(T*(1 - i/(S - 1)))", "The last timestep is T − 1."),
      .init("order turned round", "round((T - 1)*i/(S - 1))", "Step 0 has the most noise: count down."),
      .init("rounded down", "floor((T - 1)*(1 - i/(S - 1)))", "Round to the nearest, not down."),
    ],
    cases: [
      .hand("the first is T − 1", "i = 0; S = 7; T = 1000", "999"),
      .hand("5 of 1000: 999 · 0.75 = 749.25", "i = 1; S = 5; T = 1000", "749"),
    ])

  static let trailing = Formula(
    "schedule.timesteps_trailing", "Trailing spacing", "tau[i] = round(T - i*T/S) - 1",
    summary: """
      From T − 1 down, so that the run starts where the pure noise belongs. The choice of newer models, and what very few \
      steps need.
      """,
    symbols: [result, i, steps, .stepCount], sources: [flawed],
    paperForm: "The paper counts from 1: its round(T − i T/S) is one more.",
    mistakes: [
      .init("counted from 1", "round(T - i*T/S)", "Timesteps are 0…T−1: subtract 1."),
      .init("leading", "(S - 1 - i)*floor(T/S)", "That is leading, which ends at 0; trailing starts at T − 1."),
      .init("stride rounded down", "T - i*floor(T/S) - 1", "The stride T/S keeps its fraction; the result is rounded."),
      .init("linspace", "round((T - 1)*(1 - i/(S - 1)))", "Trailing does not reach 0: the stride is T/S."),
      .init("one subtracted before", "round(T - 1 - i*(T - 1)/S)", "Round T − i T/S, then subtract 1."),
    ],
    cases: [
      .hand("the first is T − 1", "i = 0; S = 7; T = 1000", "999"),
      .hand("3 of 10: round(10 − 10/3) − 1", "i = 1; S = 3; T = 10", "6"),
      .hand("round(10 − 20/3) − 1", "i = 2; S = 3; T = 10", "2"),
    ])

  static let imageToImageStart = Formula(
    "schedule.img2img_start", "Where image-to-image starts", "i_0 = S - min(floor(S*r), S)",
    summary: """
      The reference image is noised part of the way and denoised from there. Strength r says how far: of S steps the \
      first S − ⌊S·r⌋ are skipped. 1 starts from pure noise, 0 leaves the image as it is.
      """,
    symbols: [
      .init("i_0", "number of the first step that runs", "integer, 0…S", .result), steps,
      .init("r", "strength", "number, 0…1"),
    ],
    sources: [
      .init(
        "SDEdit", "algorithm 1", "Meng and others 2022: SDEdit: Guided Image Synthesis and Editing with SDEs",
        "arXiv:2108.01073")
    ],
    paperForm: "SDEdit gives the start as a time t₀ between 0 and 1; pipelines round it to a step of the run.",
    mistakes: [
      .init(
        "one too many", "S - min(floor(S*r), S) - 1", "⌊S·r⌋ steps run, so the first of them has the number S − ⌊S·r⌋."),
      .init(
        "one too few", "S - min(floor(S*r), S) + 1", "⌊S·r⌋ steps run, so the first of them has the number S − ⌊S·r⌋."),
      .init("rounded up", "S - min(ceil(S*r), S)", "The number of steps is rounded down."),
      .init("strength turned round", "floor(S*r)", "Strength is the part that runs, not the part that is skipped."),
    ],
    cases: [
      .hand("0.6 of 50 steps run: 30, so 20 are skipped", "S = 50; r = 0.6", "20"),
      .hand("0.3 of 25: 7.5 is rounded down to 7", "S = 25; r = 0.3", "18"),
      .hand("all of them", "S = 13; r = 1", "0"),
    ])
}
