// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let cost = #"""
    [
    {"formula": "cost.params_conv", "name": "3 → 16, 3×3", "origin": "torch 2.15.0, float64", "inputs": {"C_in": 3,
    "C_out": 16, "k": 3}, "expected": 448, "tolerance": 1e-10},
    {"formula": "cost.params_conv", "name": "6 → 2, 1×1", "origin": "torch 2.15.0, float64", "inputs": {"C_in": 6,
    "C_out": 2, "k": 1}, "expected": 14, "tolerance": 1e-10},
    {"formula": "cost.params_conv", "name": "5 → 3, 5×5", "origin": "torch 2.15.0, float64", "inputs": {"C_in": 5,
    "C_out": 3, "k": 5}, "expected": 378, "tolerance": 1e-10},
    {"formula": "cost.macs_linear", "name": "77 tokens", "origin": "torch 2.15.0, its own count, halved", "inputs":
    {"L": 77, "D_in": 12, "D_out": 5}, "expected": 4620, "tolerance": 1e-10},
    {"formula": "cost.macs_linear", "name": "9 tokens", "origin": "torch 2.15.0, its own count, halved", "inputs":
    {"L": 9, "D_in": 4, "D_out": 32}, "expected": 1152, "tolerance": 1e-10},
    {"formula": "cost.macs_linear", "name": "256 tokens", "origin": "torch 2.15.0, its own count, halved", "inputs":
    {"L": 256, "D_in": 3, "D_out": 2}, "expected": 1536, "tolerance": 1e-10},
    {"formula": "cost.macs_attention", "name": "64 queries, 77 keys, two heads", "origin":
    "torch 2.15.0, its own count, halved", "inputs": {"L_q": 64, "L_k": 77, "D": 8}, "expected": 78848, "tolerance":
    1e-10},
    {"formula": "cost.macs_attention", "name": "25 queries, 25 keys, two heads", "origin":
    "torch 2.15.0, its own count, halved", "inputs": {"L_q": 25, "L_k": 25, "D": 6}, "expected": 7500, "tolerance":
    1e-10},
    {"formula": "cost.macs_attention", "name": "4 queries, 9 keys, two heads", "origin":
    "torch 2.15.0, its own count, halved", "inputs": {"L_q": 4, "L_k": 9, "D": 10}, "expected": 720, "tolerance":
    1e-10},
    {"formula": "cost.receptive_field", "name": "3 layers, by its gradient", "origin": "torch 2.15.0, float64",
    "inputs": {"k": [3, 3, 3], "s": [1, 2, 1], "n": 3}, "expected": 9, "tolerance": 1e-10},
    {"formula": "cost.receptive_field", "name": "4 layers, by its gradient", "origin": "torch 2.15.0, float64",
    "inputs": {"k": [5, 2, 3, 3], "s": [1, 2, 2, 1], "n": 4}, "expected": 18, "tolerance": 1e-10},
    {"formula": "cost.receptive_field", "name": "2 layers, by its gradient", "origin": "torch 2.15.0, float64",
    "inputs": {"k": [7, 1], "s": [2, 1], "n": 2}, "expected": 7, "tolerance": 1e-10}
    ]
    """#
}
