//! Reads the sources and holds the plan of the house, so that it cannot rot.
//!
//! Every rule is a function from sources to complaints; the tests beside the rules prove that each can fail, the tests
//! here hold the repository to all of them.

mod feel;
mod repository;
mod rust;
mod text;
mod web;

#[track_caller]
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_rules_see_the_sources() {
    let paths: Vec<String> = rust::sources()
        .into_iter()
        .map(|source| source.path)
        .collect();
    assert!(paths.contains(&"src/lib.rs".to_owned()), "{paths:?}");
    assert!(!web::sources().is_empty());
}

#[test]
fn imports_go_strictly_downward() {
    none(&rust::imports_that_do_not_go_down(&rust::sources()));
}

#[test]
fn functions_are_short() {
    none(&rust::long_functions(&rust::sources()));
    none(&rust::a_median_too_high(&rust::sources()));
}

#[test]
fn functions_take_four_arguments_at_most() {
    none(&rust::many_arguments(&rust::sources()));
}

#[test]
fn functions_nest_three_deep_at_most() {
    none(&rust::deep_nesting(&rust::sources()));
}

#[test]
fn files_stay_short() {
    none(&rust::long_files(&rust::sources()));
}

#[test]
fn nothing_panics_carelessly_off_the_test_path() {
    none(&rust::ways_to_panic_carelessly(&rust::sources()));
}

#[test]
fn one_file_names_bincode() {
    none(&rust::bincode_named_outside_the_codec(&rust::sources()));
}

#[test]
fn one_file_asks_for_the_time() {
    none(&rust::time_read_outside_the_clock(&rust::sources()));
}

#[test]
fn chat_knows_no_io() {
    none(&rust::what_chat_must_not_know(&rust::sources()));
}

#[test]
fn unsafe_code_is_forbidden() {
    none(&rust::library_that_allows_unsafe(&rust::sources()));
}

#[test]
fn the_web_client_imports_downward() {
    none(&web::imports_that_do_not_go_down(&web::sources()));
}

#[test]
fn the_web_client_has_no_any() {
    none(&web::any_and_ignored_types(&web::sources()));
}

#[test]
fn the_web_client_makes_no_markup_from_strings() {
    none(&web::strings_made_markup(&web::sources()));
}

#[test]
fn the_web_client_has_short_files() {
    none(&web::long_files(&web::sources()));
}

#[test]
fn no_file_holds_a_path_of_one_machine() {
    none(&repository::paths_of_a_machine(&repository::files()));
}

#[test]
fn every_line_of_the_acceptance_list_is_named_by_a_test() {
    none(&repository::lines_without_a_test(&repository::files()));
}

#[test]
fn every_line_about_the_feel_of_the_client_is_named_by_a_browser_test() {
    let files = repository::files();
    none(&feel::lines_without_a_browser_test(&files));
    none(&feel::lines_held_after_all(&files));
}

#[test]
fn the_repository_holds_what_a_clone_needs() {
    none(&repository::missing_files(&repository::files()));
}
