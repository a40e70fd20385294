package io.flocker.cli.shell;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How to show a list: as [Output] shows anything, or only the names in it, a line each.
public final class ListOutput {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-q", "--quiet"},
            description = "Only names, a line each.")
    private boolean quiet;

    public <T> int show(Shell shell, List<T> found, Function<T, String> name, Supplier<Table> table)
            throws IOException {
        if (quiet) {
            found.forEach(each -> shell.out().println(name.apply(each)));
        } else {
            output.show(shell, found, () -> table.get().toString());
        }
        return ExitCode.DONE;
    }
}
