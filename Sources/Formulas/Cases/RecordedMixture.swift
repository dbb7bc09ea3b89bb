// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let mixture = #"""
    [
    {"formula": "mixture.log_density", "name": "3 Gaussians in 2 dimensions", "origin": "torch 2.15.0, float64",
    "inputs": {"x": [-0.208, 0.492], "w": [0.289, 0.444, 0.267], "m": [[0.235, -1.049], [0.594, -0.756], [-1.249,
    -0.658]], "v": [[0.47, 0.055], [0.32, 0.591], [0.52, 0.06]], "a": 0.6, "s": 0.8, "K": 3}, "expected":
    -2.393767390558321, "tolerance": 1e-10},
    {"formula": "mixture.denoiser", "name": "by the gradient of the log density, Tweedie's formula", "origin":
    "torch 2.15.0, float64", "inputs": {"x": [-0.208, 0.492], "w": [0.289, 0.444, 0.267], "m": [[0.235, -1.049],
    [0.594, -0.756], [-1.249, -0.658]], "v": [[0.47, 0.055], [0.32, 0.591], [0.52, 0.06]], "a": 0.6, "s": 0.8, "K":
    3}, "expected": [-0.06764618443715162, -0.5900374666916588], "tolerance": 1e-10},
    {"formula": "mixture.denoiser", "name": "clean points weighed by their likelihood", "origin":
    "2,000,000 draws, within 5 standard errors", "inputs": {"x": [-0.208, 0.492], "w": [0.289, 0.444, 0.267], "m":
    [[0.235, -1.049], [0.594, -0.756], [-1.249, -0.658]], "v": [[0.47, 0.055], [0.32, 0.591], [0.52, 0.06]], "a": 0.6,
    "s": 0.8, "K": 3}, "expected": [-0.0679, -0.58961], "bound": 0.003},
    {"formula": "mixture.log_density", "name": "2 Gaussians in 4 dimensions", "origin": "torch 2.15.0, float64",
    "inputs": {"x": [0.652, 0.509, -0.695, -0.176], "w": [0.416, 0.584], "m": [[-0.289, 0.295, -0.066, 0.062], [0.453,
    -1.142, 0.833, -1.863]], "v": [[0.164, 0.103, 0.707, 0.707], [0.409, 0.611, 0.591, 0.247]], "a": 0.8, "s": 0.6,
    "K": 2}, "expected": -4.6955731931808184, "tolerance": 1e-10},
    {"formula": "mixture.denoiser", "name": "by the gradient of the log density, Tweedie's formula", "origin":
    "torch 2.15.0, float64", "inputs": {"x": [0.652, 0.509, -0.695, -0.176], "w": [0.416, 0.584], "m": [[-0.289,
    0.295, -0.066, 0.062], [0.453, -1.142, 0.833, -1.863]], "v": [[0.164, 0.103, 0.707, 0.707], [0.409, 0.611, 0.591,
    0.247]], "a": 0.8, "s": 0.6, "K": 2}, "expected": [-0.007472749339831469, 0.3195735976659454,
    -0.48931543141306744, -0.1584811842516507], "tolerance": 1e-10},
    {"formula": "mixture.log_density", "name": "5 Gaussians in 1 dimensions", "origin": "torch 2.15.0, float64",
    "inputs": {"x": [-0.688], "w": [0.277, 0.087, 0.22, 0.168, 0.248], "m": [[1.045], [0.45], [1.442], [-0.977],
    [-0.386]], "v": [[0.285], [0.367], [0.782], [0.842], [0.623]], "a": 0.28, "s": 0.96, "K": 5}, "expected":
    -1.2447000136090869, "tolerance": 1e-10},
    {"formula": "mixture.denoiser", "name": "by the gradient of the log density, Tweedie's formula", "origin":
    "torch 2.15.0, float64", "inputs": {"x": [-0.688], "w": [0.277, 0.087, 0.22, 0.168, 0.248], "m": [[1.045], [0.45],
    [1.442], [-0.977], [-0.386]], "v": [[0.285], [0.367], [0.782], [0.842], [0.623]], "a": 0.28, "s": 0.96, "K": 5},
    "expected": [0.0861137478439966], "tolerance": 1e-10}
    ]
    """#
}
