package io.flocker.cli.shell;

import io.flocker.core.wire.Json;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// How to show something: as a table for people, or as JSON or YAML with everything that the API tells.
public final class Output {
    /// The forms there are.
    public enum Format {
        TABLE,
        JSON,
        YAML
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = Reader.class,
            description = "table, json or yaml (default: table).")
    private Format format = Format.TABLE;

    /// Prints `value`, or the text that stands for it in the table form.
    public void show(Shell shell, Object value, Supplier<String> table) throws IOException {
        shell.out().print(text(value, table));
    }

    /// Whether it is for people.
    public boolean isTable() {
        return format == Format.TABLE;
    }

    /// Prints one of many things that come one after another: a line of text or JSON, or a YAML document.
    public void line(Shell shell, Object value, String text) throws IOException {
        switch (format) {
            case TABLE -> shell.out().println(text);
            case JSON -> shell.out().println(Json.text(value));
            case YAML -> shell.out().print("---\n" + yaml(value));
        }
    }

    private String text(Object value, Supplier<String> table) throws IOException {
        return switch (format) {
            case TABLE -> table.get();
            case JSON -> Json.pretty(value) + "\n";
            case YAML -> yaml(value);
        };
    }

    private static String yaml(Object value) throws IOException {
        Object plain = Json.read(Json.bytes(value), Object.class);
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setUseUnicodeEncoding(true)
                .build();
        return new Dump(settings).dumpToString(plain);
    }

    /// Reads a format's name.
    static final class Reader implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "table" -> Format.TABLE;
                case "json" -> Format.JSON;
                case "yaml" -> Format.YAML;
                default -> throw new TypeConversionException("it is table, json or yaml, not \"" + text + "\"");
            };
        }
    }
}
