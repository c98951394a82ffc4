//! Message of a bug that ends the program.

/// A panic that `pod-model` catches (the YAML library has one) is not shown;
/// any other is our bug, and says what to do with it.
pub(crate) fn install_hook() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if pod_model::yaml::guarding_panics() {
            return;
        }
        crate::ui::restore_terminal();
        crate::ui::leave_progress();
        default(info);
    }));
}
