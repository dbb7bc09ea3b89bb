// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let ema = #"""
    [
    {"formula": "ema.update", "name": "decay 0.999", "origin": "torch 2.15.0, float64", "inputs": {"s[k-1]": [[-1.6,
    -1.03, -0.733], [-0.336, 1.558, -1.497]], "theta": [[0.858, 1.033, 2.01], [1.758, 1.165, 0.266]], "d": 0.999},
    "expected": [[-1.597542, -1.027937, -0.7302569999999999], [-0.33390600000000004, 1.557607, -1.4952370000000001]],
    "tolerance": 1e-10},
    {"formula": "ema.update", "name": "decay 0.9", "origin": "torch 2.15.0, float64", "inputs": {"s[k-1]": [0.741,
    0.944, 0.467, -0.956], "theta": [0.644, -0.246, 0.129, -0.888], "d": 0.9}, "expected": [0.7313, 0.825,
    0.43320000000000003, -0.9491999999999999], "tolerance": 1e-10},
    {"formula": "ema.update", "name": "decay 0.5", "origin": "torch 2.15.0, float64", "inputs": {"s[k-1]": [[[0.3,
    0.768], [-0.608, 0.188], [0.576, 0.729]]], "theta": [[[0.068, 1.379], [-0.152, -1.485], [0.002, 0.047]]], "d":
    0.5}, "expected": [[[0.184, 1.0735000000000001], [-0.38, -0.6485000000000001], [0.289, 0.388]]], "tolerance":
    1e-10},
    {"formula": "ema.decay", "name": "after 1 updates", "origin": "diffusers 0.42.1, float64", "inputs": {"n": 1, "d":
    0.9999}, "expected": 0.18181818181818182, "tolerance": 1e-10},
    {"formula": "ema.decay", "name": "after 3 updates", "origin": "diffusers 0.42.1, float64", "inputs": {"n": 3, "d":
    0.95}, "expected": 0.3076923076923077, "tolerance": 1e-10},
    {"formula": "ema.decay", "name": "after 12 updates", "origin": "diffusers 0.42.1, float64", "inputs": {"n": 12,
    "d": 0.999}, "expected": 0.5909090909090909, "tolerance": 1e-10},
    {"formula": "ema.decay", "name": "after 500 updates", "origin": "diffusers 0.42.1, float64", "inputs": {"n": 500,
    "d": 0.9}, "expected": 0.9, "tolerance": 1e-10}
    ]
    """#
}
