package io.flocker.cli.command.stream;

import io.flocker.cli.shell.CommandException;
import java.util.ArrayList;
import java.util.List;

/// What to run, and where.
///
/// @param environment empty for the default one
/// @param instance a service, or an instance such as `web.2`
record ExecTarget(String environment, String instance, List<String> command) {
    private static final String END = "--";

    /// Reads the words after `exec` and its options.
    ///
    /// @param words without the first `--`, or with it
    /// @param original all arguments as they were written, from which it is told where `--` stood
    /// @param alone whether the first word can only be a service, because the environment is said already; a later
    ///     `--` is the command's own then
    static ExecTarget parse(List<String> words, List<String> original, boolean alone) throws CommandException {
        int dashes = words.indexOf(END);
        List<String> plain = words;
        int targetWords = 1;
        if (dashes == 1 || (dashes == 2 && !alone)) {
            plain = new ArrayList<>(words);
            plain.remove(dashes);
            targetWords = dashes;
        } else if (dashes < 0 && original.contains(END)) {
            int after = original.size() - original.indexOf(END) - 1;
            targetWords = words.size() - after;
        }
        targetWords = Math.max(targetWords, 1);
        if (targetWords > 2 || plain.size() <= targetWords) {
            throw CommandException.usage("Say where to run what: SERVICE COMMAND..., ENVIRONMENT/SERVICE COMMAND... or"
                    + " ENVIRONMENT SERVICE -- COMMAND...");
        }
        List<String> command = List.copyOf(plain.subList(targetWords, plain.size()));
        if (targetWords == 2) {
            return new ExecTarget(plain.get(0), plain.get(1), command);
        }
        String where = plain.getFirst();
        int slash = where.indexOf('/');
        return slash < 0
                ? new ExecTarget("", where, command)
                : new ExecTarget(where.substring(0, slash), where.substring(slash + 1), command);
    }
}
