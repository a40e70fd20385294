package io.flocker.verify.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.delta.Assigned;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.plan.Assignment;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.TreePMap;

/// Whatever an assignment holds, a node is told when it comes and when it goes.
class AssignmentPartsTest {
    private static final Assignment ALL = (Assignment) Samples.of(Assignment.class);

    static Stream<String> parts() {
        return Stream.of(Assignment.class.getRecordComponents())
                .filter(component -> component.getType() == TreePMap.class)
                .map(RecordComponent::getName);
    }

    private static Assignment without(String part) throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : Assignment.class.getRecordComponents()) {
            types.add(component.getType());
            values.add(
                    component.getName().equals(part)
                            ? TreePMap.empty()
                            : component.getAccessor().invoke(ALL));
        }
        return Assignment.class.getConstructor(types.toArray(Class[]::new)).newInstance(values.toArray());
    }

    @ParameterizedTest
    @MethodSource("parts")
    void comesAndGoes(String part) throws Exception {
        var whole = new Assigned(1, ALL);
        var less = new Assigned(2, without(part));
        assertThat(less.assignment()).isNotEqualTo(ALL);

        assertThat(AssignmentDelta.between(whole, less).after(whole)).contains(less);
        assertThat(AssignmentDelta.between(less, whole).after(less)).contains(whole);
    }
}
