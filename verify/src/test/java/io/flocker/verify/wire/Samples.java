package io.flocker.verify.wire;

import io.flocker.core.ledger.Ledger;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Makes a value of any wire type in which nothing is empty, the same one each time.
final class Samples {
    private static final int DEEPEST = 12;

    private Samples() {}

    /// A value of `type`: a record, a sealed interface (its first record), or what those are made of.
    static Object of(Type type) {
        return value(type, "it", 0);
    }

    /// The records that may stand for `type`.
    static Stream<Class<?>> records(Class<?> type) {
        return type.isSealed() ? Stream.of(type.getPermittedSubclasses()).flatMap(Samples::records) : Stream.of(type);
    }

    private static Object value(Type type, String name, int depth) {
        if (depth > DEEPEST) {
            throw new AssertionError(type + " holds itself");
        }
        return switch (type) {
            case ParameterizedType generic -> container(generic, name, depth);
            case Class<?> plain
            when plain.isSealed() -> value(records(plain).findFirst().orElseThrow(), name, depth);
            case Class<?> plain when plain.isRecord() -> record(plain, depth);
            case Class<?> plain when plain.isEnum() -> plain.getEnumConstants()[plain.getEnumConstants().length - 1];
            case Class<?> plain when plain == String.class -> name;
            case Class<?> plain when plain == int.class -> name.length();
            case Class<?> plain when plain == Integer.class -> name.length();
            case Class<?> plain when plain == long.class || plain == Long.class -> 1_000L + name.length();
            case Class<?> plain when plain == double.class -> 0.5;
            case Class<?> plain when plain == boolean.class || plain == Boolean.class -> true;
            case Class<?> plain when plain == byte[].class -> new byte[] {1, 2, 3};
            case Class<?> plain when plain == Ledger.class -> Ledger.EMPTY;
            case Class<?> plain when plain == OptionalInt.class -> OptionalInt.of(3);
            case Class<?> plain when plain == OptionalLong.class -> OptionalLong.of(7);
            default -> throw new AssertionError("No sample of " + type + " (" + name + ")");
        };
    }

    private static Object container(ParameterizedType type, String name, int depth) {
        Type[] of = type.getActualTypeArguments();
        Type raw = type.getRawType();
        if (raw == List.class) {
            return List.of(value(of[0], name + "1", depth + 1));
        }
        if (raw == Optional.class) {
            return Optional.of(value(of[0], name, depth + 1));
        }
        if (raw == TreePMap.class) {
            return map(value(of[0], name + "Key", depth + 1), value(of[1], name, depth + 1));
        }
        throw new AssertionError("No sample of " + type);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the keys of wire maps are strings or numbers
    private static Object map(Object key, Object value) {
        return TreePMap.singleton((Comparable) key, value);
    }

    private static Object record(Class<?> type, int depth) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Stream.of(components)
                .map(component -> value(component.getGenericType(), component.getName(), depth + 1))
                .toArray();
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Cannot make a sample of " + type, e);
        }
    }
}
