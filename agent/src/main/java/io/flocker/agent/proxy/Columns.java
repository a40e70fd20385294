package io.flocker.agent.proxy;

/// Single columns of the tables that HAProxy prints: a line has up to a hundred, of which few matter, and there are as
/// many lines as places in all backends.
final class Columns {
    private Columns() {}

    /// The column at `index`, counted from 0; empty if the line has fewer.
    static String of(String line, char separator, int index) {
        int begin = 0;
        for (int left = index; left > 0; left--) {
            begin = line.indexOf(separator, begin) + 1;
            if (begin == 0) {
                return "";
            }
        }
        int end = line.indexOf(separator, begin);
        return line.substring(begin, end < 0 ? line.length() : end);
    }

    /// The number of the place that a server's name is of, as in `s1`; 0 if it is another server.
    static int place(String server) {
        return server.startsWith("s") ? number(server.substring(1)) : 0;
    }

    /// What a column counts; 0 if it is empty or no number.
    static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() < 10 && text.chars().allMatch(Columns::isDigit);
        return digits ? Integer.parseInt(text) : 0;
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }
}
