extension EmojiDiffusion {
  /// The emoji whose pictures by the weights of step 77,700 `emoji-clip` took for others, alone or in a pair:
  /// `diffuse evaluate emoji-ldm --each-emoji --num-inference-steps 20` with those weights, seed 0, rank above 0.
  ///
  /// The judge that measures the model has no part in it: what is chosen by its answers would be measured too well by them.
  static let mistakenEmoji = [
    "dna", "bank", "fish", "seal", "pick", "star", "brick", "child", "ribbon", "crutch", "rooster", "cat face",
    "person", "kangaroo", "pancakes", "alembic", "bicycle", "bubbles", "club suit", "student", "spider web",
    "calendar", "envelope", "green apple", "unlocked", "biohazard", "capricorn", "hot beverage", "handshake",
    "stop sign", "superhero", "military medal", "baby symbol", "file folder", "railway car", "right arrow",
    "timer clock", "dashing away", "eject button", "musical note", "older person", "pause button", "winking face",
    "beating heart", "face exhaling", "repeat button", "saluting face", "shushing face", "unamused face",
    "vulcan salute", "chequered flag", "full moon face", "no pedestrians", "up-right arrow", "upwards button",
    "crossed fingers", "rightwards hand", "sparkling heart", "chart increasing", "down-right arrow",
    "downwards button", "fast down button", "mountain railway", "no mobile phones", "cross mark button",
    "last track button", "red question mark", "right-facing fist", "hourglass not done", "left speech bubble",
    "see-no-evil monkey", "fast-forward button", "eight-spoked asterisk", "input latin uppercase", "spade suit",
    "taco", "sushi", "flatbread", "sparkler", "spoon", "soccer ball", "green heart", "sandwich", "pot of food",
    "slot machine", "pig face", "rose",
  ]
}
