package io.flocker.core.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.flocker.core.ledger.Ledger;
import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// Records to JSON and back. Absent lists, maps and optionals are empty, absent numbers 0, absent flags false; an
/// unknown property is an error. A sealed interface's records are told apart by the property `type`, their simple name.
public final class Json {
    /// The longest string a document may hold, in characters: a volume's first content is the longest there is.
    public static final int MAX_STRING = 16_000_000;

    /// The deepest nesting.
    public static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_STRING)
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .annotationIntrospector(new SealedTypes())
            .addModule(new SortedMaps())
            .addModule(new Defaults())
            .changeDefaultPropertyInclusion(
                    _ -> JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .withConfigOverride(
                    Ledger.class, ledger -> ledger.setNullHandling(JsonSetter.Value.construct(Nulls.SET, Nulls.SET)))
            .changeDefaultNullHandling(_ -> JsonSetter.Value.construct(Nulls.AS_EMPTY, Nulls.FAIL))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private static final JsonMapper FOREIGN = MAPPER.rebuild()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// For people: indented.
    public static String pretty(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /// Reads a `type`.
    ///
    /// @throws MalformedJson if the bytes are not JSON or do not fit the type
    public static <T> T read(byte[] json, Class<T> type) throws MalformedJson {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw new MalformedJson(type, e);
        }
    }

    /// Reads a `type` from a document of somebody else's making: what is unknown in it does not matter.
    ///
    /// @throws MalformedJson as [#read]
    public static <T> T readForeign(byte[] json, Class<T> type) throws MalformedJson {
        try {
            return FOREIGN.readValue(json, type);
        } catch (JacksonException e) {
            throw new MalformedJson(type, e);
        }
    }

    /// The document does not fit.
    public static final class MalformedJson extends IOException {
        private static final long serialVersionUID = 1;

        MalformedJson(Class<?> type, JacksonException cause) {
            super("Cannot read " + type.getSimpleName() + ": " + cause.getOriginalMessage() + place(cause), cause);
        }

        private static String place(JacksonException cause) {
            String path = cause.getPathReference();
            int dot = path.indexOf("[\"");
            return dot < 0 ? "" : " at " + path.substring(dot);
        }
    }
}
