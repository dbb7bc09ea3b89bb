// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  /// JSON texts, one a group.
  static let texts: [String] = [
    act, adamw, attention, cost, ema, embed, forward, guidance, image, latent, layer, loss, metric, mixture, norm,
    posterior, prediction, sampler, schedule, text, train, unet, vae,
  ]
}
