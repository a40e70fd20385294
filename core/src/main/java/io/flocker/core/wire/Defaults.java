package io.flocker.core.wire;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.util.TokenBuffer;

/// What absent parts of a document are, so that no null ever enters a record: a record is what `{}` reads as, an enum
/// its first constant.
final class Defaults extends SimpleModule {
    private static final long serialVersionUID = 1;

    Defaults() {
        setDeserializerModifier(new Modifier());
    }

    private static final class Modifier extends ValueDeserializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> deserializer) {
            return bean.getBeanClass().isRecord() ? new OfRecord(deserializer) : deserializer;
        }

        @Override
        public ValueDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> deserializer) {
            return new OfEnum(deserializer, type.getRawClass().getEnumConstants()[0]);
        }
    }

    private static final class OfRecord extends DelegatingDeserializer {
        OfRecord(ValueDeserializer<?> delegate) {
            super(delegate);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
            return new OfRecord(delegate);
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            try (TokenBuffer nothing = context.bufferForInputBuffering()) {
                nothing.writeStartObject();
                nothing.writeEndObject();
                try (JsonParser parser = nothing.asParserOnFirstToken(context)) {
                    return _delegatee.deserialize(parser, context);
                }
            }
        }
    }

    private static final class OfEnum extends DelegatingDeserializer {
        private final Object first;

        OfEnum(ValueDeserializer<?> delegate, Object first) {
            super(delegate);
            this.first = first;
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
            return new OfEnum(delegate, first);
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            return first;
        }
    }
}
