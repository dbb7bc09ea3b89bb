/// The works the catalogue cites, each with the number of the equation.
extension Formula.Source {
  static func ddpm(_ equation: String) -> Self {
    Self("DDPM", equation, "Ho, Jain, Abbeel 2020: Denoising Diffusion Probabilistic Models", "arXiv:2006.11239")
  }

  static func ddim(_ equation: String) -> Self {
    Self("DDIM", equation, "Song, Meng, Ermon 2021: Denoising Diffusion Implicit Models", "arXiv:2010.02502")
  }

  static func improvedDDPM(_ equation: String) -> Self {
    Self(
      "Improved DDPM", equation, "Nichol, Dhariwal 2021: Improved Denoising Diffusion Probabilistic Models",
      "arXiv:2102.09672")
  }

  static func adm(_ equation: String) -> Self {
    Self("ADM", equation, "Dhariwal, Nichol 2021: Diffusion Models Beat GANs on Image Synthesis", "arXiv:2105.05233")
  }

  static func ldm(_ equation: String) -> Self {
    Self(
      "LDM", equation,
      "Rombach, Blattmann, Lorenz, Esser, Ommer 2022: High-Resolution Image Synthesis with Latent Diffusion Models",
      "arXiv:2112.10752")
  }

  static func vdm(_ equation: String) -> Self {
    Self("VDM", equation, "Kingma, Salimans, Poole, Ho 2021: Variational Diffusion Models", "arXiv:2107.00630")
  }

  static func distillation(_ equation: String) -> Self {
    Self(
      "Progressive distillation", equation,
      "Salimans, Ho 2022: Progressive Distillation for Fast Sampling of Diffusion Models", "arXiv:2202.00512")
  }

  static func edm(_ equation: String) -> Self {
    Self(
      "EDM", equation,
      "Karras, Aittala, Aila, Laine 2022: Elucidating the Design Space of Diffusion-Based Generative Models",
      "arXiv:2206.00364")
  }

  static func dpmSolverPlusPlus(_ equation: String) -> Self {
    Self(
      "DPM-Solver++", equation,
      "Lu, Zhou, Bao, Chen, Li, Zhu 2022: DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
      "arXiv:2211.01095")
  }

  static func scoreSDE(_ equation: String) -> Self {
    Self(
      "Score SDE", equation,
      "Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole 2021: Score-Based Generative Modeling through SDEs",
      "arXiv:2011.13456")
  }

  static func cfg(_ equation: String) -> Self {
    Self("CFG", equation, "Ho, Salimans 2022: Classifier-Free Diffusion Guidance", "arXiv:2207.12598")
  }

  static func imagen(_ equation: String) -> Self {
    Self(
      "Imagen", equation,
      "Saharia and others 2022: Photorealistic Text-to-Image Diffusion Models with Deep Language Understanding",
      "arXiv:2205.11487")
  }

  static func attention(_ equation: String) -> Self {
    Self("Transformer", equation, "Vaswani and others 2017: Attention Is All You Need", "arXiv:1706.03762")
  }

  static func groupNorm(_ equation: String) -> Self {
    Self("GroupNorm", equation, "Wu, He 2018: Group Normalization", "arXiv:1803.08494")
  }

  static func layerNorm(_ equation: String) -> Self {
    Self("LayerNorm", equation, "Ba, Kiros, Hinton 2016: Layer Normalization", "arXiv:1607.06450")
  }

  static func adamW(_ equation: String) -> Self {
    Self("AdamW", equation, "Loshchilov, Hutter 2019: Decoupled Weight Decay Regularization", "arXiv:1711.05101")
  }

  static func frechet(_ equation: String) -> Self {
    Self(
      "FID", equation,
      "Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter 2017: GANs Trained by a Two Time-Scale Update Rule Converge …",
      "arXiv:1706.08500")
  }

  static func vae(_ equation: String) -> Self {
    Self("VAE", equation, "Kingma, Welling 2014: Auto-Encoding Variational Bayes", "arXiv:1312.6114")
  }

  static func clip(_ equation: String) -> Self {
    Self(
      "CLIP", equation,
      "Radford and others 2021: Learning Transferable Visual Models From Natural Language Supervision",
      "arXiv:2103.00020")
  }
}
