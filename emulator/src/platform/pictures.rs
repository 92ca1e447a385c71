//! Pictures of users.

use http::StatusCode;

use super::multipart::parts;
use super::{Failure, Outcome, Params, Payload};
use crate::answer::Answer;
use crate::call::Call;
use crate::routing::{Route, plain, write};
use crate::state::rights::Needs;
use crate::state::{Directory, Picture};

pub(crate) const ROUTES: &[Route] = &[
    write(
        "/CDirectoryService/SetUserPicture",
        Needs::SignedIn,
        set_picture,
    ),
    plain("/UserMgmt/GetUserPicture", Needs::SignedIn, get_picture),
];

/// Takes the first file part, whatever its name. The part has to be labelled as an image; whether its content is one
/// is not looked at. A body without a file stores nothing and gives an empty path, as was seen.
fn set_picture(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::without_body(call);
    let mut user = params.user(directory, "ID")?.clone();
    call.own_or(directory, &user, Needs::ManageUsers)?;
    let file = parts(call.headers, call.body)?
        .into_iter()
        .find(|part| part.file_name.is_some());
    let Some(file) = file.filter(|file| !file.data.is_empty()) else {
        return Payload::of(&"");
    };
    let content_type = file
        .content_type
        .filter(|kind| kind.to_ascii_lowercase().starts_with("image/"))
        .ok_or_else(|| Failure::refused("The picture has an invalid format."))?;
    let path = format!("/UserMgmt/GetUserPicture?id={}", user.id);
    let picture = Picture {
        content_type,
        image: file.data,
    };
    directory.pictures.insert(user.id, picture);
    user.rare_mut().picture = Some(path.clone());
    super::user_changes::store(directory, call, user)?;
    Payload::of(&path)
}

/// The image itself, not an envelope. What the service says without one is not known.
fn get_picture(directory: &Directory, call: &Call<'_>) -> Answer {
    let user = Params::without_body(call).user(directory, "ID").ok();
    match user.and_then(|user| directory.pictures.get(&user.id)) {
        Some(picture) => {
            Answer::with_body(StatusCode::OK, &picture.content_type, picture.image.clone())
        }
        None => Answer::html(
            StatusCode::NOT_FOUND,
            "Not found",
            "There is no such picture.",
        ),
    }
}
