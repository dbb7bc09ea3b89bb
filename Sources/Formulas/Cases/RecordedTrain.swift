// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let train = #"""
    [
    {"formula": "train.init_bound", "name": "3 channels, 3×3", "origin": "torch 2.15.0, float64", "inputs": {"C_in":
    3, "k": 3}, "expected": 0.19245008972987526, "tolerance": 1e-10},
    {"formula": "train.init_bound", "name": "6 channels, 1×1", "origin": "torch 2.15.0, float64", "inputs": {"C_in":
    6, "k": 1}, "expected": 0.4082482904638631, "tolerance": 1e-10},
    {"formula": "train.init_bound", "name": "5 channels, 5×5", "origin": "torch 2.15.0, float64", "inputs": {"C_in":
    5, "k": 5}, "expected": 0.08944271909999159, "tolerance": 1e-10},
    {"formula": "train.init_bound", "name": "the largest of 442,368 weights that torch drew", "origin":
    "442,368 draws, within 1e-5 below", "inputs": {"C_in": 12, "k": 3}, "expected": 0.096225, "bound": 1e-05},
    {"formula": "train.clip_norm", "name": "limit 0.5", "origin": "torch 2.15.0, float64", "inputs": {"g": [[-0.147,
    -0.197, 0.257], [-0.264, -0.216, -0.436]], "c": 0.5}, "expected": [[-0.1117082792708712, -0.1497042926283104,
    0.19529950865723741], [-0.2006189505272789, -0.16414277770413727, -0.3313252364768697]], "tolerance": 1e-10},
    {"formula": "train.clip_norm", "name": "limit 1.0", "origin": "torch 2.15.0, float64", "inputs": {"g": [-0.1,
    0.061, 1.3, -0.65], "c": 1}, "expected": [-0.06857968730037392, 0.041833609253228085, 0.8915359349048609,
    -0.44576796745243047], "tolerance": 1e-10},
    {"formula": "train.clip_norm", "name": "limit 50.0", "origin": "torch 2.15.0, float64", "inputs": {"g": [[[0.07,
    -0.431], [-0.324, -1.458], [-1.183, -0.121]]], "c": 50}, "expected": [[[0.07, -0.431], [-0.324, -1.458], [-1.183,
    -0.121]]], "tolerance": 1e-10},
    {"formula": "train.warmup_cosine", "name": "update 3 of 100", "origin": "transformers 5.23.0, float64", "inputs":
    {"lr": 0.002, "k": 3, "W": 10, "K": 100}, "expected": 0.0006, "tolerance": 1e-10},
    {"formula": "train.warmup_cosine", "name": "update 57 of 100", "origin": "transformers 5.23.0, float64", "inputs":
    {"lr": 0.002, "k": 57, "W": 10, "K": 100}, "expected": 0.0009302435262558747, "tolerance": 1e-10},
    {"formula": "train.warmup_cosine", "name": "update 99 of 100", "origin": "transformers 5.23.0, float64", "inputs":
    {"lr": 1, "k": 99, "W": 25, "K": 100}, "expected": 0.0004385849505708084, "tolerance": 1e-10},
    {"formula": "train.warmup_cosine", "name": "update 400 of 1000", "origin": "transformers 5.23.0, float64",
    "inputs": {"lr": 0.3, "k": 400, "W": 100, "K": 1000}, "expected": 0.22499999999999998, "tolerance": 1e-10}
    ]
    """#
}
