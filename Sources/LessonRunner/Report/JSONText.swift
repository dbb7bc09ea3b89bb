import Tensors

/// Strings as a JSON list, which JavaScript reads too.
func jsonArray(_ texts: [String]) -> String { "[" + texts.map(jsonString).joined(separator: ",") + "]" }
