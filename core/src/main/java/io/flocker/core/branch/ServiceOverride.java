package io.flocker.core.branch;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// One thing that a service has otherwise than where it comes from: its image, a variable of its processes, or how many
/// instances it has.
///
/// @param service its name
/// @param field what of it
/// @param variable which one, of VARIABLE; else empty
/// @param value what it is instead; an empty variable is one that is not set
public record ServiceOverride(String service, Field field, String variable, String value) {
    /// What can be overridden.
    public enum Field {
        IMAGE,
        VARIABLE,
        REPLICAS
    }

    private static final String IMAGE = "image";
    private static final String REPLICAS = "replicas";
    private static final String VARIABLE = "environment.";

    /// Reads `web.image`, `web.environment.RAILS_ENV` or `web.replicas`. Services' names may have dots.
    ///
    /// @throws IllegalArgumentException if it is none of these, or the value does not fit it
    public static ServiceOverride of(String key, String value) {
        int variable = key.indexOf("." + VARIABLE);
        if (variable > 0 && variable + 1 + VARIABLE.length() < key.length()) {
            String name = key.substring(variable + 1 + VARIABLE.length());
            return new ServiceOverride(key.substring(0, variable), Field.VARIABLE, name, value);
        }
        int dot = key.lastIndexOf('.');
        String service = key.substring(0, Math.max(dot, 0));
        String field = key.substring(dot + 1);
        if (service.isEmpty() || !(field.equals(IMAGE) || field.equals(REPLICAS))) {
            throw new IllegalArgumentException("\"" + key + "\" is not something to set: SERVICE.image,"
                    + " SERVICE.environment.NAME or SERVICE.replicas is");
        }
        if (field.equals(IMAGE) && value.isBlank()) {
            throw new IllegalArgumentException(key + " is the name of an image, not empty");
        }
        if (field.equals(REPLICAS) && !value.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException(key + " is how many instances, a whole number; not \"" + value + "\"");
        }
        return new ServiceOverride(service, field.equals(IMAGE) ? Field.IMAGE : Field.REPLICAS, "", value);
    }

    /// As [#of] reads it.
    public String key() {
        return service
                + switch (field) {
                    case IMAGE -> "." + IMAGE;
                    case VARIABLE -> "." + VARIABLE + variable;
                    case REPLICAS -> "." + REPLICAS;
                };
    }

    /// An application with all of `overrides`, by key.
    ///
    /// @throws IllegalArgumentException if one of them is wrong, or of a service that is not there
    public static ApplicationSpec all(ApplicationSpec application, Map<String, String> overrides) {
        ApplicationSpec next = application;
        for (var entry : overrides.entrySet()) {
            next = of(entry.getKey(), entry.getValue()).applied(next);
        }
        return next;
    }

    /// What `spec` has where this has its value.
    public String in(ServiceSpec spec) {
        return switch (field) {
            case IMAGE -> spec.image();
            case VARIABLE -> spec.process().environment().getOrDefault(variable, "");
            case REPLICAS -> Integer.toString(spec.scale());
        };
    }

    private ApplicationSpec applied(ApplicationSpec application) {
        ServiceSpec spec = application.services().get(service);
        if (spec == null) {
            throw new IllegalArgumentException(key() + " cannot be set: there is no service \"" + service
                    + "\"; there is " + String.join(", ", application.services().keySet()));
        }
        return application.with(
                service,
                switch (field) {
                    case IMAGE -> spec.withImage(value);
                    case VARIABLE -> spec.with(with(spec.process()));
                    case REPLICAS -> spec.with(Integer.parseInt(value), spec.placement());
                });
    }

    private ProcessSpec with(ProcessSpec process) {
        TreePMap<String, String> variables = process.environment();
        return process.with(value.isEmpty() ? variables.minus(variable) : variables.plus(variable, value));
    }

    /// What services have otherwise than those they come from, by name: what [#all] makes the ones into the
    /// others, as far as it can. How many there are of one that follows its load is not of its own.
    public static List<ServiceOverride> between(
            TreePMap<String, ServiceSpec> origin, TreePMap<String, ServiceSpec> services) {
        List<ServiceOverride> differences = new ArrayList<>();
        for (var entry : services.entrySet()) {
            ServiceSpec before = origin.get(entry.getKey());
            if (before != null) {
                differences.addAll(between(entry.getKey(), before, entry.getValue()));
            }
        }
        return List.copyOf(differences);
    }

    private static List<ServiceOverride> between(String service, ServiceSpec before, ServiceSpec now) {
        List<ServiceOverride> all = new ArrayList<>();
        all.add(new ServiceOverride(service, Field.IMAGE, "", now.image()));
        if (now.autoscale().isEmpty()) {
            all.add(new ServiceOverride(service, Field.REPLICAS, "", Integer.toString(now.scale())));
        }
        TreePMap<String, String> variables = now.process().environment();
        var names = new TreeSet<>(before.process().environment().keySet());
        names.addAll(variables.keySet());
        for (String name : names) {
            all.add(new ServiceOverride(service, Field.VARIABLE, name, variables.getOrDefault(name, "")));
        }
        all.removeIf(same -> same.in(before).equals(same.value()));
        return all;
    }
}
