package io.flocker.core.wire;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.module.SimpleModule;

/// Reads [TreePMap]s.
final class SortedMaps extends SimpleModule {
    private static final long serialVersionUID = 1;

    SortedMaps() {
        addDeserializer(TreePMap.class, new Reader(null));
    }

    @SuppressWarnings("rawtypes")
    private static final class Reader extends ValueDeserializer<TreePMap> {
        private final @Nullable ValueDeserializer<Object> entries;

        Reader(@Nullable ValueDeserializer<Object> entries) {
            this.entries = entries;
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            JavaType type = context.getContextualType();
            JavaType map = context.getTypeFactory()
                    .constructMapType(TreeMap.class, type.containedType(0), type.containedType(1));
            return new Reader(context.findContextualValueDeserializer(map, property));
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"})
        public TreePMap deserialize(JsonParser parser, DeserializationContext context) {
            return TreePMap.from((Map<String, Object>) entries.deserialize(parser, context));
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            return TreePMap.empty();
        }
    }
}
