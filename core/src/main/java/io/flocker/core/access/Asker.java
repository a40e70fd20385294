package io.flocker.core.access;

import java.util.Optional;

/// Who asks for something, as what.
///
/// @param name of the user; `root` on a node
public record Asker(String name, Role role) {
    /// Why something is not theirs to do; empty if it is.
    ///
    /// @param action what they ask for, as method and path
    /// @param environment what it is about; empty for none
    /// @param owner whose that is; empty if it does not exist yet
    public Optional<String> objection(Right right, String action, String environment, Optional<String> owner) {
        boolean own = owner.isEmpty() || owner.get().equals(name);
        if (role.may(right, own)) {
            return Optional.empty();
        }
        String who = name + " (" + role.word() + ") may not ";
        String how = " (" + action + ")";
        return Optional.of(
                switch (right) {
                    case CHANGE ->
                        who + "change environment " + environment + how
                                + (own ? "" : ", which is " + owner.get() + "'s")
                                + (role == Role.VIEWER
                                        ? ": a viewer only looks; " + otherRole("developer")
                                        : ": a developer changes only environments of their own; ask " + owner.get()
                                                + " or an operator, or branch it: flocker env branch " + environment
                                                + " NAME");
                    case CREATE -> who + "make anything" + how + ": a viewer only looks; " + otherRole("developer");
                    case OPERATE ->
                        who + "change what all environments share" + how + ": it takes an operator; ask one";
                    case ADMINISTER -> who + "change users or nodes" + how + ": it takes an admin; ask one";
                    case NODE -> who + "do what only nodes do" + how;
                    case ANYBODY, READ -> who + "look" + how;
                });
    }

    private String otherRole(String role) {
        return "ask an admin for another role: flocker user role " + name + " " + role;
    }
}
