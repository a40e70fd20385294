package io.flocker.core.wire;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.flocker.core.ledger.Ledger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/// Tells Jackson that a sealed interface of ours is a choice between its records, by the property `type`.
final class SealedTypes extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        return isChoice(annotated.getRawType())
                ? JsonTypeInfo.Value.construct(
                        JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "type", null, false, true, null)
                : super.findPolymorphicTypeInfo(config, annotated);
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
        if (!isChoice(annotated.getRawType())) {
            return super.findSubtypes(config, annotated);
        }
        List<NamedType> records = new ArrayList<>();
        collect(annotated.getRawType(), records);
        return records;
    }

    /// What follows from the rest of a state does not go over the wire.
    @Override
    public boolean hasIgnoreMarker(MapperConfig<?> config, AnnotatedMember member) {
        return member.getRawType() == Ledger.class || super.hasIgnoreMarker(config, member);
    }

    private static void collect(Class<?> type, List<NamedType> records) {
        if (!type.isSealed()) {
            records.add(new NamedType(type, type.getSimpleName()));
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted, records);
        }
    }

    /// Whether `type` is such an interface or one of its records.
    private static boolean isChoice(Class<?> type) {
        boolean ours = type.getPackageName().startsWith("io.flocker.");
        return ours
                && (isSealedInterface(type)
                        || Arrays.stream(type.getInterfaces()).anyMatch(SealedTypes::isSealedInterface));
    }

    private static boolean isSealedInterface(Class<?> type) {
        return type.isInterface() && type.isSealed();
    }
}
