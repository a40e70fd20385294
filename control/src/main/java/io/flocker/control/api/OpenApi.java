package io.flocker.control.api;

import io.flocker.client.api.ProblemDetail;
import io.flocker.control.api.wait.Waiting;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The API's description, made from the endpoints and the records they speak in (OpenAPI 3.1, JSON Schema 2020-12).
final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");

    private static final Map<String, Object> TOKEN = Map.of("token", List.of());
    private static final Map<String, Object> CERTIFICATE = Map.of("certificate", List.of());
    private static final List<Object> EITHER = List.of(TOKEN, CERTIFICATE);
    private static final Map<String, Object> SCHEMES = Map.of(
            "token", Map.of("type", "http", "scheme", "bearer", "description", "A user's token."),
            "certificate", Map.of("type", "mutualTLS", "description", "A certificate of the cluster's authority."));

    private final Map<String, Object> schemas = new TreeMap<>();

    private OpenApi() {}

    static Map<String, Object> document(List<Endpoint> endpoints, String version) {
        OpenApi api = new OpenApi();
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        for (Endpoint endpoint : endpoints) {
            paths.computeIfAbsent(endpoint.path(), _ -> new TreeMap<>())
                    .put(endpoint.method().toLowerCase(Locale.ROOT), api.operation(endpoint));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "Flocker",
                        "version",
                        version,
                        "description",
                        "Containers together with their data. HTTPS with a user's token (flocker user add) or a"
                                + " client certificate of the cluster; errors are RFC 9457 problems."));
        document.put("security", EITHER);
        document.put("paths", paths);
        document.put("components", Map.of("schemas", api.schemas, "securitySchemes", SCHEMES));
        return document;
    }

    private Map<String, Object> operation(Endpoint endpoint) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", endpoint.summary());
        operation.put("operationId", operationId(endpoint));
        operation.put("x-flocker-right", endpoint.right().name().toLowerCase(Locale.ROOT));
        switch (endpoint.right()) {
            case ANYBODY -> operation.put("security", List.of());
            case NODE -> operation.put("security", List.of(CERTIFICATE));
            case READ, CREATE, CHANGE, OPERATE, ADMINISTER -> {
                // As the document says for all.
            }
        }
        List<Object> parameters = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(endpoint.path());
        while (matcher.find()) {
            parameters.add(Map.of(
                    "name", matcher.group(1), "in", "path", "required", true, "schema", Map.of("type", "string")));
        }
        List<String> queries = new ArrayList<>(endpoint.query());
        if (Waiting.concerns(endpoint)) {
            queries.add(Waiting.QUERY);
        }
        for (String query : queries) {
            int colon = query.indexOf(':');
            parameters.add(Map.of(
                    "name",
                    query.substring(0, colon),
                    "in",
                    "query",
                    "description",
                    query.substring(colon + 2),
                    "schema",
                    Map.of("type", "string")));
        }
        operation.put("parameters", parameters);
        if (!endpoint.body().equals(Void.class)) {
            operation.put("requestBody", Map.of("content", json("application/json", schema(endpoint.body()))));
        }
        Map<String, Object> answers = new TreeMap<>();
        answers.put(
                "200",
                endpoint.answer().equals(Void.class)
                        ? Map.of("description", "A stream")
                        : Map.of(
                                "description", "Done", "content", json("application/json", schema(endpoint.answer()))));
        answers.put(
                "default",
                Map.of(
                        "description",
                        "Why not",
                        "content",
                        json("application/problem+json", schema(ProblemDetail.class))));
        operation.put("responses", answers);
        return operation;
    }

    private static String operationId(Endpoint endpoint) {
        return (endpoint.method().toLowerCase(Locale.ROOT) + endpoint.path())
                .replaceAll("[{}]", "")
                .replaceAll("[^a-z0-9]+", "-");
    }

    private static Map<String, Object> json(String type, Object schema) {
        return Map.of(type, Map.of("schema", schema));
    }

    private Map<String, Object> schema(Type type) {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            Type[] arguments = generic.getActualTypeArguments();
            if (List.class.isAssignableFrom(raw)) {
                return Map.of("type", "array", "items", schema(arguments[0]));
            }
            if (raw.equals(Optional.class)) {
                return schema(arguments[0]);
            }
            return Map.of("type", "object", "additionalProperties", schema(arguments[1]));
        }
        Class<?> plain = (Class<?>) type;
        if (plain.equals(String.class)) {
            return Map.of("type", "string");
        }
        if (plain.equals(boolean.class) || plain.equals(Boolean.class)) {
            return Map.of("type", "boolean");
        }
        if (plain.isPrimitive()
                || plain.equals(Integer.class)
                || plain.equals(Long.class)
                || plain.equals(OptionalInt.class)
                || plain.equals(OptionalLong.class)) {
            return Map.of("type", "integer", "format", "int64");
        }
        if (plain.isEnum()) {
            return Map.of(
                    "type",
                    "string",
                    "enum",
                    List.of(plain.getEnumConstants()).stream()
                            .map(String::valueOf)
                            .toList());
        }
        return reference(plain);
    }

    private Map<String, Object> reference(Class<?> type) {
        String name = type.getName().replaceAll(".*\\.", "").replace('$', '.');
        if (!schemas.containsKey(name)) {
            schemas.put(name, Map.of());
            schemas.put(name, type.isSealed() ? choice(type) : object(type));
        }
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    private Map<String, Object> choice(Class<?> type) {
        List<Object> choices = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            choices.add(reference(permitted));
        }
        return Map.of("oneOf", choices, "discriminator", Map.of("propertyName", "type"));
    }

    private Map<String, Object> object(Class<?> type) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Class<?> sum : type.getInterfaces()) {
            if (sum.isSealed()) {
                properties.put("type", Map.of("const", type.getSimpleName()));
            }
        }
        for (RecordComponent component : type.getRecordComponents()) {
            properties.put(component.getName(), schema(component.getGenericType()));
        }
        return Map.of("type", "object", "properties", properties);
    }
}
