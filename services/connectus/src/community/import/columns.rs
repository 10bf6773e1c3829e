//! The columns of the file: which there are, and what a record says about a person.

use connectus_proto::community::v1::{
    CustomField, CustomFieldSetting, Profile, SourceUser, TagAssignment, tag_assignment::Tag,
};

use super::{Problem, values};

/// How the names of columns with custom fields begin.
const CUSTOM: &str = "custom:";

/// A field of a profile.
type ProfileField = fn(&mut Profile) -> &mut String;

/// The columns with fields of profiles.
const PROFILE: [(&str, ProfileField); 20] = [
    ("full_name", |profile| &mut profile.full_name),
    ("first_name", |profile| &mut profile.first_name),
    ("last_name", |profile| &mut profile.last_name),
    ("username", |profile| &mut profile.username),
    ("avatar_url", |profile| &mut profile.avatar_url),
    ("bio", |profile| &mut profile.bio),
    ("email", |profile| &mut profile.email),
    ("linkedin", |profile| &mut profile.linkedin),
    ("github", |profile| &mut profile.github),
    ("twitter", |profile| &mut profile.twitter),
    ("discord", |profile| &mut profile.discord),
    ("youtube", |profile| &mut profile.youtube),
    ("role_at_company", |profile| &mut profile.role_at_company),
    ("title_at_company", |profile| &mut profile.title_at_company),
    ("company_name", |profile| &mut profile.company_name),
    ("company_domain", |profile| &mut profile.company_domain),
    ("country", |profile| &mut profile.country),
    ("city", |profile| &mut profile.city),
    ("region", |profile| &mut profile.region),
    ("raw_location", |profile| &mut profile.raw_location),
];

/// What is in a column.
enum Content {
    Id,
    Profile(ProfileField),
    Tags,
    Custom(CustomField),
}

/// A column.
struct Column {
    /// Its name, as problems name it.
    name: String,
    content: Content,
}

/// All columns, in their order.
pub(super) struct Columns(Vec<Column>);

impl Columns {
    /// Reads the header, of a community that has these custom fields. Says what is wrong with it.
    pub(super) fn new(header: &[Vec<u8>], known: &[CustomField]) -> Result<Self, String> {
        let mut columns: Vec<Column> = Vec::with_capacity(header.len());
        for name in header {
            let column = column(&String::from_utf8_lossy(name), known)?;
            if columns.iter().any(|other| other.name == column.name) {
                return Err(format!("the column \"{}\" is there twice", column.name));
            }
            columns.push(column);
        }
        if columns.iter().any(|column| ["id", "email"].contains(&column.name.as_str())) {
            Ok(Self(columns))
        } else {
            Err("there is neither a column \"id\" nor a column \"email\"".to_owned())
        }
    }

    /// What a record says about a person. An empty cell says nothing.
    pub(super) fn read(&self, cells: &[Vec<u8>]) -> Result<SourceUser, Vec<Problem>> {
        if cells.len() != self.0.len() {
            let problem = format!("has {} cells, and the header has {}", cells.len(), self.0.len());
            return Err(vec![Problem::new("line", problem)]);
        }
        let (mut user, mut profile, mut problems) = (SourceUser::default(), Profile::default(), Vec::new());
        for (column, cell) in self.0.iter().zip(cells) {
            match std::str::from_utf8(cell).map(str::trim) {
                Ok("") => {}
                Ok(text) => {
                    if let Err(problem) = column.content.read(text, &mut user, &mut profile) {
                        problems.push(Problem::new(&column.name, problem));
                    }
                }
                Err(_) => problems.push(Problem::new(&column.name, "is not UTF-8")),
            }
        }
        if user.id.is_empty() {
            // However it is written, it is one person's.
            user.id = profile.email.to_lowercase();
        }
        if user.id.is_empty() && problems.is_empty() {
            problems.push(Problem::new("id", "is required where there is no e-mail address"));
        }
        user.profile = Some(profile);
        if problems.is_empty() { Ok(user) } else { Err(problems) }
    }

    /// The column that a field of a request came from, of which a service says that something is wrong with it.
    pub(super) fn name_of(&self, field: &str, user: &SourceUser) -> String {
        let field = field.split_once("].").map_or(field, |(_, field)| field);
        if let Some(name) = field.strip_prefix("profile.") {
            return name.to_owned();
        }
        let (list, rest) = field.split_once('[').unwrap_or((field, ""));
        let setting = rest.split(']').next().and_then(|at| user.custom_fields.get(at.parse::<usize>().ok()?));
        let custom = |setting: &CustomFieldSetting| {
            let is_it = |column: &&Column| matches!(&column.content, Content::Custom(field) if field.id == setting.custom_field_id);
            self.0.iter().find(is_it).map(|column| column.name.clone())
        };
        let custom = setting.filter(|_| list == "custom_fields").and_then(custom);
        custom.unwrap_or_else(|| list.to_owned())
    }
}

fn column(written: &str, known: &[CustomField]) -> Result<Column, String> {
    let written = written.trim();
    let name = written.to_lowercase();
    if let Some(custom) = name.strip_prefix(CUSTOM) {
        let field = known.iter().find(|field| field.name.to_lowercase() == custom.trim());
        let field = field.ok_or_else(|| format!("the column \"{written}\" is of no custom field of the community"))?;
        return Ok(Column { name: format!("{CUSTOM}{}", field.name), content: Content::Custom(field.clone()) });
    }
    let profile = PROFILE.iter().find(|(field, _)| *field == name).map(|(_, field)| Content::Profile(*field));
    let content = match name.as_str() {
        "id" => Some(Content::Id),
        "tags" => Some(Content::Tags),
        _ => profile,
    };
    let content = content.ok_or_else(|| format!("the column \"{written}\" is not known"))?;
    Ok(Column { name, content })
}

impl Content {
    fn read(&self, text: &str, user: &mut SourceUser, profile: &mut Profile) -> Result<(), &'static str> {
        match self {
            Self::Id => text.clone_into(&mut user.id),
            Self::Profile(field) => text.clone_into(field(profile)),
            Self::Tags => user.tags.extend(tags(text)),
            Self::Custom(field) => user.custom_fields.push(values::read(text, field)?),
        }
        Ok(())
    }
}

fn tags(text: &str) -> impl Iterator<Item = TagAssignment> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| TagAssignment { tag: Some(Tag::Name(name.to_owned())) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use connectus_proto::community::v1::CustomFieldType;

    use super::*;

    fn cells(cells: &[&str]) -> Vec<Vec<u8>> {
        cells.iter().map(|cell| cell.as_bytes().to_vec()).collect()
    }

    fn level() -> CustomField {
        let name = "Level".to_owned();
        CustomField { id: 7, name, r#type: CustomFieldType::Int.into(), is_multivalue: false, values: Vec::new() }
    }

    fn columns(header: &[&str]) -> Result<Columns, String> {
        Columns::new(&cells(header), &[level()])
    }

    fn problems(header: &[&str], record: &[&str]) -> Vec<String> {
        let problems = columns(header).unwrap().read(&cells(record)).unwrap_err();
        problems.into_iter().map(|problem| format!("{}: {}", problem.field, problem.problem)).collect()
    }

    #[test]
    fn columns_are_known_by_their_names_in_any_case() {
        let columns = columns(&[" Email", "Custom: level", "TAGS", "City"]).unwrap();
        let user = columns.read(&cells(&[" Ann@Example.org ", "3", "a, b,,", ""])).unwrap();
        assert_eq!((user.id.as_str(), user.tags.len()), ("ann@example.org", 2));
        assert_eq!(user.custom_fields[0].custom_field_id, 7);
        let expected = Profile { email: "Ann@Example.org".to_owned(), ..Profile::default() };
        assert_eq!(user.profile, Some(expected));
    }

    #[test]
    fn what_is_no_column_is_named() {
        for (header, expected) in [
            (&["email", "Shoe size"][..], "the column \"Shoe size\" is not known"),
            (&["email", ""], "the column \"\" is not known"),
            (&["email", "custom:Age"], "the column \"custom:Age\" is of no custom field of the community"),
            (&["email", "EMAIL"], "the column \"email\" is there twice"),
            (&["city"], "there is neither a column \"id\" nor a column \"email\""),
        ] {
            assert_eq!(columns(header).err(), Some(expected.to_owned()));
        }
    }

    #[test]
    fn every_problem_of_a_record_is_named() {
        let header = ["id", "email", "custom:Level"];
        assert_eq!(problems(&header, &["1"]), ["line: has 1 cells, and the header has 3"]);
        assert_eq!(problems(&header, &["", "", "3"]), ["id: is required where there is no e-mail address"]);
        assert_eq!(problems(&header, &["1", "", "x"]), ["custom:Level: is not a number"]);
        let latin = columns(&header).unwrap().read(&[b"1".to_vec(), b"\xe4".to_vec(), Vec::new()]).unwrap_err();
        assert_eq!(latin[0].problem, "is not UTF-8");
    }

    #[test]
    fn what_a_service_names_is_a_column() {
        let columns = columns(&["email", "tags", "custom:Level"]).unwrap();
        let user = columns.read(&cells(&["ann@example.org", "a", "3"])).unwrap();
        for (field, column) in [
            ("users[3].id", "id"),
            ("users[3].profile.email", "email"),
            ("users[3].tags[0].name", "tags"),
            ("users[3].tags", "tags"),
            ("users[3].custom_fields[0].values", "custom:Level"),
        ] {
            assert_eq!(columns.name_of(field, &user), column);
        }
    }
}
