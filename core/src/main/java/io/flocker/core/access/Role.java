package io.flocker.core.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What somebody is trusted with. The first is the least: what a document leaves out is that.
public enum Role {
    /// Looks at everything.
    VIEWER,
    /// Makes environments, branches of others' among them, and does everything to their own.
    DEVELOPER,
    /// Does everything to every environment, and looks after nodes and quotas.
    OPERATOR,
    /// Decides who the users and nodes are.
    ADMIN;

    /// As users write it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String word) {
        return Stream.of(values()).filter(role -> role.word().equals(word)).findFirst();
    }

    /// The one table of what a role allows.
    ///
    /// @param own whether the environment is theirs, or nobody's yet
    public boolean may(Right right, boolean own) {
        return switch (right) {
            case ANYBODY, READ -> true;
            case CREATE -> this != VIEWER;
            case CHANGE ->
                switch (this) {
                    case VIEWER -> false;
                    case DEVELOPER -> own;
                    case OPERATOR, ADMIN -> true;
                };
            case OPERATE -> this == OPERATOR || this == ADMIN;
            case ADMINISTER -> this == ADMIN;
            case NODE -> false;
        };
    }
}
