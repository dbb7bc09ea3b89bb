// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let schedule = #"""
    [
    {"formula": "schedule.beta_linear", "name": "t = 499 of 1000", "origin": "diffusers 0.42.1, float32", "inputs":
    {"beta_start": 0.0001, "beta_end": 0.02, "t": 499, "T": 1000}, "expected": 0.010040040127933025, "tolerance":
    1e-06},
    {"formula": "schedule.beta_linear", "name": "t = 499 of 1000", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta_start": 0.0001, "beta_end": 0.02, "t": 499, "T": 1000}, "expected": 0.01004004004004004, "tolerance":
    1e-10},
    {"formula": "schedule.beta_scaled_linear", "name": "t = 499 of 1000", "origin": "diffusers 0.42.1, float32",
    "inputs": {"beta_start": 0.0001, "beta_end": 0.02, "t": 499, "T": 1000}, "expected": 0.0057221511378884315,
    "tolerance": 1e-06},
    {"formula": "schedule.beta_scaled_linear", "name": "t = 499 of 1000", "origin": "mpmath 1.3.0, 40 digits",
    "inputs": {"beta_start": 0.0001, "beta_end": 0.02, "t": 499, "T": 1000}, "expected": 0.005722151147768564,
    "tolerance": 1e-10},
    {"formula": "schedule.beta_linear", "name": "t = 3 of 777", "origin": "diffusers 0.42.1, float32", "inputs":
    {"beta_start": 0.0015, "beta_end": 0.0195, "t": 3, "T": 777}, "expected": 0.0015695876209065318, "tolerance":
    1e-06},
    {"formula": "schedule.beta_linear", "name": "t = 3 of 777", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta_start": 0.0015, "beta_end": 0.0195, "t": 3, "T": 777}, "expected": 0.0015695876288659794, "tolerance":
    1e-10},
    {"formula": "schedule.beta_scaled_linear", "name": "t = 3 of 777", "origin": "diffusers 0.42.1, float32",
    "inputs": {"beta_start": 0.0015, "beta_end": 0.0195, "t": 3, "T": 777}, "expected": 0.0015303714899346232,
    "tolerance": 1e-06},
    {"formula": "schedule.beta_scaled_linear", "name": "t = 3 of 777", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta_start": 0.0015, "beta_end": 0.0195, "t": 3, "T": 777}, "expected": 0.0015303712207451027, "tolerance":
    1e-10},
    {"formula": "schedule.beta_linear", "name": "t = 9 of 13", "origin": "diffusers 0.42.1, float32", "inputs":
    {"beta_start": 0.02, "beta_end": 0.5, "t": 9, "T": 13}, "expected": 0.3799999952316284, "tolerance": 1e-06},
    {"formula": "schedule.beta_linear", "name": "t = 9 of 13", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta_start": 0.02, "beta_end": 0.5, "t": 9, "T": 13}, "expected": 0.38, "tolerance": 1e-10},
    {"formula": "schedule.beta_scaled_linear", "name": "t = 9 of 13", "origin": "diffusers 0.42.1, float32", "inputs":
    {"beta_start": 0.02, "beta_end": 0.5, "t": 9, "T": 13}, "expected": 0.31999996304512024, "tolerance": 1e-06},
    {"formula": "schedule.beta_scaled_linear", "name": "t = 9 of 13", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta_start": 0.02, "beta_end": 0.5, "t": 9, "T": 13}, "expected": 0.32, "tolerance": 1e-10},
    {"formula": "schedule.alpha_bar_cosine", "name": "t = 0 of 1000", "origin": "diffusers 0.42.1, float32", "inputs":
    {"T": 1000, "t": 0, "s": 0.008}, "expected": 4.128422369831242e-05, "tolerance": 1e-06},
    {"formula": "schedule.alpha_bar_cosine", "name": "t = 0 of 1000", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"T": 1000, "t": 0, "s": 0.008}, "expected": 4.1284224821777805e-05, "tolerance": 1e-09},
    {"formula": "schedule.alpha_bar_cosine", "name": "t = 998 of 1000", "origin": "diffusers 0.42.1, float32",
    "inputs": {"T": 1000, "t": 998, "s": 0.008}, "expected": 0.7499994039535522, "tolerance": 1e-06},
    {"formula": "schedule.alpha_bar_cosine", "name": "t = 998 of 1000", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"T": 1000, "t": 998, "s": 0.008}, "expected": 0.749999392901162, "tolerance": 1e-09},
    {"formula": "schedule.alpha_bar_cosine", "name": "t = 17 of 31", "origin": "diffusers 0.42.1, float32", "inputs":
    {"T": 31, "t": 17, "s": 0.008}, "expected": 0.11727538704872131, "tolerance": 1e-06},
    {"formula": "schedule.alpha_bar_cosine", "name": "t = 17 of 31", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"T": 31, "t": 17, "s": 0.008}, "expected": 0.11727538381593623, "tolerance": 1e-09},
    {"formula": "schedule.alphas_cumprod", "name": "3 factors", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta": [0.036, 0.254, 0.364, 0.414], "t": 2}, "expected": 0.457375584, "tolerance": 1e-10},
    {"formula": "schedule.alphas_cumprod", "name": "8 factors", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta": [0.12, 0.142, 0.149, 0.209, 0.279, 0.347, 0.348, 0.369, 0.417], "t": 7}, "expected": 0.09844675478415271,
    "tolerance": 1e-10},
    {"formula": "schedule.alphas_cumprod", "name": "5 factors", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"beta": [0.027, 0.062, 0.136, 0.186, 0.197, 0.217], "t": 4}, "expected": 0.515429618723712, "tolerance": 1e-10},
    {"formula": "schedule.snr", "name": "t = 4 of 5", "origin": "diffusers 0.42.1, float32", "inputs": {"alpha_bar":
    [0.971, 0.649, 0.337, 0.157, 0.041], "t": 4}, "expected": 0.042752865701913834, "tolerance": 1e-06},
    {"formula": "schedule.snr", "name": "t = 4 of 5", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.971, 0.649, 0.337, 0.157, 0.041], "t": 4}, "expected": 0.04275286757038582, "tolerance": 1e-10},
    {"formula": "schedule.log_snr", "name": "t = 4 of 5", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.971, 0.649, 0.337, 0.157, 0.041], "t": 4}, "expected": -1.5761595040895653, "tolerance": 1e-10},
    {"formula": "schedule.sigma", "name": "t = 4 of 5", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.971, 0.649, 0.337, 0.157, 0.041], "t": 4}, "expected": 4.836346131372219, "tolerance": 1e-10},
    {"formula": "schedule.snr", "name": "t = 6 of 8", "origin": "diffusers 0.42.1, float32", "inputs": {"alpha_bar":
    [0.977, 0.904, 0.74, 0.573, 0.392, 0.23, 0.127, 0.037], "t": 6}, "expected": 0.1454753577709198, "tolerance":
    1e-06},
    {"formula": "schedule.snr", "name": "t = 6 of 8", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.977, 0.904, 0.74, 0.573, 0.392, 0.23, 0.127, 0.037], "t": 6}, "expected": 0.145475372279496, "tolerance":
    1e-10},
    {"formula": "schedule.log_snr", "name": "t = 6 of 8", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.977, 0.904, 0.74, 0.573, 0.392, 0.23, 0.127, 0.037], "t": 6}, "expected": -0.9638742346905055, "tolerance":
    1e-10},
    {"formula": "schedule.sigma", "name": "t = 6 of 8", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.977, 0.904, 0.74, 0.573, 0.392, 0.23, 0.127, 0.037], "t": 6}, "expected": 2.6218344242212352, "tolerance":
    1e-10},
    {"formula": "schedule.snr", "name": "t = 2 of 3", "origin": "diffusers 0.42.1, float32", "inputs": {"alpha_bar":
    [0.714, 0.447, 0.026], "t": 2}, "expected": 0.026694046333432198, "tolerance": 1e-06},
    {"formula": "schedule.snr", "name": "t = 2 of 3", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.714, 0.447, 0.026], "t": 2}, "expected": 0.026694045174537988, "tolerance": 1e-10},
    {"formula": "schedule.log_snr", "name": "t = 2 of 3", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.714, 0.447, 0.026], "t": 2}, "expected": -1.8116573828105265, "tolerance": 1e-10},
    {"formula": "schedule.sigma", "name": "t = 2 of 3", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"alpha_bar":
    [0.714, 0.447, 0.026], "t": 2}, "expected": 6.120583179856186, "tolerance": 1e-10},
    {"formula": "schedule.zero_terminal_snr", "name": "t = 1 of 6", "origin": "diffusers 0.42.1, float64", "inputs":
    {"alpha_bar": [0.95, 0.836, 0.677, 0.501, 0.336, 0.201], "t": 1, "T": 6}, "expected": 0.744642347439574,
    "tolerance": 1e-10},
    {"formula": "schedule.zero_terminal_snr", "name": "t = 4 of 6", "origin": "diffusers 0.42.1, float64", "inputs":
    {"alpha_bar": [0.95, 0.836, 0.677, 0.501, 0.336, 0.201], "t": 4, "T": 6}, "expected": 0.05913837628359124,
    "tolerance": 1e-10},
    {"formula": "schedule.zero_terminal_snr", "name": "t = 1 of 9", "origin": "diffusers 0.42.1, float64", "inputs":
    {"alpha_bar": [0.98, 0.944, 0.888, 0.811, 0.715, 0.603, 0.483, 0.364, 0.255], "t": 1, "T": 9}, "expected":
    0.9072312130937686, "tolerance": 1e-10},
    {"formula": "schedule.zero_terminal_snr", "name": "t = 7 of 9", "origin": "diffusers 0.42.1, float64", "inputs":
    {"alpha_bar": [0.98, 0.944, 0.888, 0.811, 0.715, 0.603, 0.483, 0.364, 0.255], "t": 7, "T": 9}, "expected":
    0.04030208761987604, "tolerance": 1e-10},
    {"formula": "schedule.zero_terminal_snr", "name": "t = 1 of 4", "origin": "diffusers 0.42.1, float64", "inputs":
    {"alpha_bar": [0.9, 0.66, 0.374, 0.15], "t": 1, "T": 4}, "expected": 0.5160768965074755, "tolerance": 1e-10},
    {"formula": "schedule.zero_terminal_snr", "name": "t = 2 of 4", "origin": "diffusers 0.42.1, float64", "inputs":
    {"alpha_bar": [0.9, 0.66, 0.374, 0.15], "t": 2, "T": 4}, "expected": 0.1436194316850148, "tolerance": 1e-10},
    {"formula": "schedule.karras_sigmas", "name": "step 7 of 20", "origin": "diffusers 0.42.1, float64", "inputs":
    {"sigma_max": 14.6146, "sigma_min": 0.0292, "rho": 7, "i": 7, "S": 20}, "expected": 2.641409642954478,
    "tolerance": 1e-10},
    {"formula": "schedule.karras_sigmas", "name": "step 10 of 11", "origin": "diffusers 0.42.1, float64", "inputs":
    {"sigma_max": 157.4, "sigma_min": 0.01, "rho": 7, "i": 10, "S": 11}, "expected": 0.009999999999999995,
    "tolerance": 1e-10},
    {"formula": "schedule.karras_sigmas", "name": "step 3 of 18", "origin": "diffusers 0.42.1, float64", "inputs":
    {"sigma_max": 80, "sigma_min": 0.002, "rho": 7, "i": 3, "S": 18}, "expected": 28.374584604156844, "tolerance":
    1e-10},
    {"formula": "schedule.karras_sigmas", "name": "ρ = 3, step 4 of 9", "origin": "mpmath 1.3.0, 40 digits", "inputs":
    {"sigma_max": 12.5, "sigma_min": 0.05, "rho": 3, "i": 4, "S": 9}, "expected": 2.4309618415377376, "tolerance":
    1e-10},
    {"formula": "schedule.timesteps_leading", "name": "step 0 of 50, T = 1000", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 0, "S": 50, "T": 1000, "o": 1}, "expected": 981, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_linspace", "name": "step 0 of 50, T = 1000", "origin":
    "diffusers 0.42.1, float32", "inputs": {"i": 0, "S": 50, "T": 1000}, "expected": 999, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_trailing", "name": "step 0 of 50, T = 1000", "origin":
    "diffusers 0.42.1, float32", "inputs": {"i": 0, "S": 50, "T": 1000}, "expected": 999, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_leading", "name": "step 7 of 30, T = 1000", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 7, "S": 30, "T": 1000, "o": 0}, "expected": 726, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_linspace", "name": "step 7 of 30, T = 1000", "origin":
    "diffusers 0.42.1, float32", "inputs": {"i": 7, "S": 30, "T": 1000}, "expected": 758, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_trailing", "name": "step 7 of 30, T = 1000", "origin":
    "diffusers 0.42.1, float32", "inputs": {"i": 7, "S": 30, "T": 1000}, "expected": 766, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_leading", "name": "step 4 of 9, T = 777", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 4, "S": 9, "T": 777, "o": 2}, "expected": 346, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_linspace", "name": "step 4 of 9, T = 777", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 4, "S": 9, "T": 777}, "expected": 388, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_trailing", "name": "step 4 of 9, T = 777", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 4, "S": 9, "T": 777}, "expected": 431, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_leading", "name": "step 5 of 7, T = 100", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 5, "S": 7, "T": 100, "o": 0}, "expected": 14, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_linspace", "name": "step 5 of 7, T = 100", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 5, "S": 7, "T": 100}, "expected": 16, "tolerance": 1e-10},
    {"formula": "schedule.timesteps_trailing", "name": "step 5 of 7, T = 100", "origin": "diffusers 0.42.1, float32",
    "inputs": {"i": 5, "S": 7, "T": 100}, "expected": 28, "tolerance": 1e-10},
    {"formula": "schedule.img2img_start", "name": "0.75 of 50 steps", "origin": "diffusers 0.42.1, float32", "inputs":
    {"S": 50, "r": 0.75}, "expected": 13, "tolerance": 1e-10},
    {"formula": "schedule.img2img_start", "name": "0.5 of 37 steps", "origin": "diffusers 0.42.1, float32", "inputs":
    {"S": 37, "r": 0.5}, "expected": 19, "tolerance": 1e-10},
    {"formula": "schedule.img2img_start", "name": "0.99 of 20 steps", "origin": "diffusers 0.42.1, float32", "inputs":
    {"S": 20, "r": 0.99}, "expected": 1, "tolerance": 1e-10},
    {"formula": "schedule.img2img_start", "name": "0.3 of 7 steps", "origin": "diffusers 0.42.1, float32", "inputs":
    {"S": 7, "r": 0.3}, "expected": 5, "tolerance": 1e-10}
    ]
    """#
}
