package io.flocker.cli.shell;

import java.util.ArrayList;
import java.util.List;

/// Rows for people: columns as wide as their widest cell, three spaces between them, nothing cut off.
public final class Table {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /// Adds a row; an empty cell is shown as `-`.
    public void row(Object... cells) {
        var row = new ArrayList<String>();
        for (Object cell : cells) {
            String text = String.valueOf(cell).replaceAll("\\p{Cntrl}+", " ");
            row.add(text.isEmpty() ? "-" : text);
        }
        rows.add(row);
    }

    /// Whether it has only its headings.
    public boolean isEmpty() {
        return rows.size() == 1;
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                line.append(cell).repeat(' ', widths[i] - cell.length()).append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
