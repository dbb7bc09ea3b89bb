import Tensors

/// The cells of a notebook and the file they make, in nbformat 4.5.
///
/// The same cells give the same bytes: ids count the cells, and no date or version of a machine is in it.
struct NotebookCells {
  private enum Cell {
    case markdown(String)
    case code(String)
  }

  private var cells: [Cell] = []
  private var paragraphs: [String] = []

  /// Adds to the running cell of text.
  mutating func text(_ paragraph: String) { paragraphs.append(paragraph.trimmed) }

  /// Ends the running cell of text.
  mutating func endText() {
    if !paragraphs.isEmpty { cells.append(.markdown(paragraphs.joined(separator: "\n\n"))) }
    paragraphs = []
  }

  mutating func markdown(_ text: String) {
    endText()
    cells.append(.markdown(text.trimmed))
  }

  mutating func code(_ text: String) {
    endText()
    cells.append(.code(text.trimmed))
  }

  /// The file.
  var json: String {
    var copy = self
    copy.endText()
    let entries = copy.cells.enumerated().map { index, cell in Self.json(cell, id: "cell-\(index + 1)") }
    return """
      {
       "cells": [
      \(entries.joined(separator: ",\n"))
       ],
       "metadata": {
        "kernelspec": {
         "display_name": "Python 3",
         "language": "python",
         "name": "python3"
        },
        "language_info": {
         "name": "python"
        }
       },
       "nbformat": 4,
       "nbformat_minor": 5
      }

      """
  }

  private static func json(_ cell: Cell, id: String) -> String {
    switch cell {
    case .markdown(let text):
      "  {\n   \"cell_type\": \"markdown\",\n   \"id\": \"\(id)\",\n   \"metadata\": {},\n\(source(text))\n  }"
    case .code(let text):
      "  {\n   \"cell_type\": \"code\",\n   \"execution_count\": null,\n   \"id\": \"\(id)\",\n   \"metadata\": {},\n"
        + "   \"outputs\": [],\n\(source(text))\n  }"
    }
  }

  /// A list of lines, as Jupyter writes it, so that differences between versions are readable.
  private static func source(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let quoted = lines.enumerated().map { index, line in
      "    " + jsonString(index == lines.count - 1 ? String(line) : line + "\n")
    }
    return "   \"source\": [\n\(quoted.joined(separator: ",\n"))\n   ]"
  }
}
