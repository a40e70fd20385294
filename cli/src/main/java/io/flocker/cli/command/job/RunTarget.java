package io.flocker.cli.command.job;

import io.flocker.cli.shell.CommandException;
import java.util.List;

/// Which job to run, and with which command.
///
/// @param environment empty if it is not said here
/// @param command instead of the service's; empty for that one
record RunTarget(String environment, String service, List<String> command) {
    private static final String END = "--";

    /// Reads the words after `run`: `SERVICE`, `ENVIRONMENT/SERVICE` or `ENVIRONMENT SERVICE`, then maybe `--` and a
    /// command.
    ///
    /// @param words without the `--`
    /// @param original all arguments as they were written, from which it is told where `--` stood
    static RunTarget parse(List<String> words, List<String> original) throws CommandException {
        int after = original.contains(END) ? original.size() - original.indexOf(END) - 1 : 0;
        List<String> target = words.subList(0, Math.max(0, words.size() - after));
        List<String> command = List.copyOf(words.subList(target.size(), words.size()));
        if (target.isEmpty() || target.size() > 2) {
            throw CommandException.usage("Say which job: SERVICE, ENVIRONMENT/SERVICE or ENVIRONMENT SERVICE;"
                    + " what it is to do instead of its own command comes after --");
        }
        if (target.size() == 2) {
            return new RunTarget(target.get(0), target.get(1), command);
        }
        int slash = target.getFirst().indexOf('/');
        return slash < 0
                ? new RunTarget("", target.getFirst(), command)
                : new RunTarget(
                        target.getFirst().substring(0, slash), target.getFirst().substring(slash + 1), command);
    }
}
