package io.flocker.cli.compose.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a `.dockerignore` keeps out of a build's context, by the rules of Docker's documentation: the last pattern that
/// matches a path or a folder above it decides, `!` lets in again, `**` stands for any number of folders.
final class IgnorePatterns {
    private static final int MAX_PATTERNS = 10_000;
    private static final String LITERAL = ".+()|{}$^";

    private final List<Rule> rules = new ArrayList<>();
    private boolean exceptions;

    /// One line.
    private record Rule(Pattern pattern, boolean letsIn) {}

    /// @param lines of a `.dockerignore`
    /// @throws IOException if one of them is no pattern
    IgnorePatterns(List<String> lines) throws IOException {
        for (String line : lines) {
            String text = line.replace("\uFEFF", "");
            if (!text.startsWith("#") && !text.isBlank()) {
                add(text.strip());
            }
        }
        if (rules.size() > MAX_PATTERNS) {
            throw new IOException("has a .dockerignore of more than " + MAX_PATTERNS + " patterns");
        }
    }

    /// Those of a context: of the Dockerfile's own file, else of `.dockerignore`.
    static IgnorePatterns of(Path context, String dockerfile) throws IOException {
        for (String name : List.of(dockerfile + ".dockerignore", ".dockerignore")) {
            if (Files.isRegularFile(context.resolve(name))) {
                return new IgnorePatterns(Files.readAllLines(context.resolve(name)));
            }
        }
        return new IgnorePatterns(List.of());
    }

    private void add(String line) throws IOException {
        boolean letsIn = line.startsWith("!");
        String glob = clean(letsIn ? line.substring(1).strip() : line);
        if (glob.isEmpty()) {
            return;
        }
        exceptions |= letsIn;
        try {
            rules.add(new Rule(Pattern.compile(regex(glob), Pattern.DOTALL), letsIn));
        } catch (PatternSyntaxException e) {
            throw new IOException("has \"" + line + "\" in its .dockerignore, which is no pattern", e);
        }
    }

    /// Without a slash at either end, `.` and `..`, as Go's `filepath.Clean`.
    private static String clean(String glob) {
        var kept = new ArrayList<String>();
        for (String part : glob.split("/", -1)) {
            if (part.equals("..") && !kept.isEmpty()) {
                kept.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                kept.add(part);
            }
        }
        return String.join("/", kept);
    }

    private static String regex(String glob) {
        var regex = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            char c = glob.charAt(i++);
            if (c == '*' && i < glob.length() && glob.charAt(i) == '*') {
                i++;
                if (i < glob.length() && glob.charAt(i) == '/') {
                    i++;
                    regex.append("(?:.*/)?");
                } else {
                    regex.append(".*");
                }
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '\\' && i < glob.length()) {
                regex.append(Pattern.quote(String.valueOf(glob.charAt(i++))));
            } else if (LITERAL.indexOf(c) >= 0 && !within(regex)) {
                regex.append('\\').append(c);
            } else {
                regex.append(c);
            }
        }
        return regex.toString();
    }

    /// Whether a class of characters is open.
    private static boolean within(StringBuilder regex) {
        int open = regex.lastIndexOf("[");
        return open >= 0 && regex.indexOf("]", open) < 0;
    }

    /// Whether a path within the context stays out.
    boolean keepsOut(String path) {
        boolean out = false;
        for (Rule rule : rules) {
            if (rule.letsIn() == out && matches(rule.pattern(), path)) {
                out = !rule.letsIn();
            }
        }
        return out;
    }

    private static boolean matches(Pattern pattern, String path) {
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            if (pattern.matcher(path.substring(0, end)).matches()) {
                return true;
            }
        }
        return pattern.matcher(path).matches();
    }

    /// Whether something below a folder that stays out may be let in again.
    boolean haveExceptions() {
        return exceptions;
    }
}
