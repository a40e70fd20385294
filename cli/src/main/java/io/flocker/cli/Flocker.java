package io.flocker.cli;

import io.flocker.cli.shell.Failures;
import io.flocker.cli.shell.Shell;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The program `flocker`.
@Command(
        name = "flocker",
        description = "Runs containers together with their data.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  1:it failed, or flocker diff found changes",
            "  2:a wrong command line or file",
            "  3:refused by the cluster",
            "  4:cannot reach Flocker",
            "130:interrupted; an operation that was followed goes on"
        },
        footer = {"", "flocker COMMAND --help tells more about a command."})
public final class Flocker {
    private Flocker() {}

    public static void main(String[] args) {
        Shell shell = Shell.ofProcess();
        int exitCode = commandLine(shell, args).execute(args);
        shell.flush();
        System.exit(exitCode);
    }

    /// With all commands.
    public static CommandLine commandLine() {
        return commandLine(Shell.ofProcess());
    }

    /// Ready to execute `arguments`: if they begin with a command's name, then with this command only.
    static CommandLine commandLine(Shell shell, String... arguments) {
        Map<String, Function<Shell, Object>> all = Commands.all();
        var line = new CommandLine(new Flocker());
        String first = arguments.length > 0 ? arguments[0] : "";
        String second = arguments.length > 1 ? arguments[1] : "";
        Function<Shell, Object> only = all.get(first);
        if (only != null && !Commands.NEED_ALL.contains(first)) {
            line.addSubcommand(first, ready(only.apply(shell), second));
        } else {
            all.forEach((name, command) -> line.addSubcommand(name, ready(command.apply(shell), "")));
            line.addSubcommand(new HelpCommand());
        }
        line.getCommandSpec()
                .version("flocker " + version())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Show the version of this program.")
                        .build());
        addHelp(line);
        var failures = new Failures(shell);
        return line.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(shell.colours() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /// As picocli takes it.
    private static Object ready(Object command, String member) {
        return command instanceof Commands.Group group ? group.line(member) : command;
    }

    /// The version this was built as.
    public static String version() {
        String built = Flocker.class.getPackage().getImplementationVersion();
        return built == null ? "development" : built;
    }

    private static void addHelp(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        if (spec.findOption("--help") == null) {
            spec.addOption(OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Show this help.")
                    .build());
        }
        line.getSubcommands().values().forEach(Flocker::addHelp);
    }
}
