//! The routes of the API and their errors, as the contract has them and not taken from the gateway.

/// The errors of a token.
pub(super) const AUTH: [(u16, u16, &str); 4] = [
    (3000, 401, "No token provided."),
    (3001, 401, "Failed to authenticate token."),
    (3002, 500, "Internal server error when finding account."),
    (3003, 401, "Email not verified."),
];
const INTERNAL: (u16, u16, &str) = (4001, 500, "Internal server error.");
const NOT_FOUND: (u16, u16, &str) = (4000, 404, "Account not found.");
const BAD_QUERY: (u16, u16, &str) = (4050, 400, "Bad query format.");
const NO_USER: (u16, u16, &str) = (4002, 404, "User not found, is this the correct account type?");
const USERS_ONLY: (u16, u16, &str) = (4000, 400, "Incorrect account type, user account required.");
const ORGANIZATIONS_ONLY: (u16, u16, &str) = (4000, 400, "Incorrect account type, organization account required.");
const NOT_MAILED: (u16, u16, &str) = (4003, 500, "Issue sending verification email.");
const NO_EXPERIENCE: (u16, u16, &str) = (4002, 404, "Experience not found with supplied ID.");
const WRONG_PASSWORD: (u16, u16, &str) = (4002, 400, "Wrong password.");
const NO_POST: (u16, u16, &str) = (4000, 404, "Post not found.");
const NOT_ASKED: (u16, u16, &str) = (4002, 404, "Connection request not found.");
const NO_OPPORTUNITY: (u16, u16, &str) = (4000, 404, "Opportunity not found.");
const FOR_ORGANIZATIONS: (u16, u16, &str) = (4002, 400, "Incorrect account type, organization account required.");
const FOR_USERS: (u16, u16, &str) = (4002, 400, "Incorrect account type, user account required.");
const NO_COMMUNITY: (u16, u16, &str) = (4000, 404, "Community not found.");
const NAME_TAKEN: (u16, u16, &str) = (4003, 409, "Name already taken.");
const NO_SUCH_OPPORTUNITY: (u16, u16, &str) = (4006, 404, "Opportunity not found.");
const ANOTHERS_OPPORTUNITY: (u16, u16, &str) = (4007, 400, "Opportunity of another organization.");
const THROTTLED: (u16, u16, &str) = (4290, 429, "Too many requests.");

const NO_LINK_PAGE: (u16, u16, &str) = (0, 404, "");
const FAULT_PAGE: (u16, u16, &str) = (0, 500, "");
const BAD_PAGE: (u16, u16, &str) = (0, 400, "");

/// What a route answers when all is well.
const JSON: &str = "application/json";
const PAGE: &str = "text/html";
const PICTURE: &str = "image/svg+xml";
const EVENTS: &str = "text/event-stream";
const CALENDAR: &str = "text/calendar";

/// A route of the contract.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) needs_token: bool,
    pub(super) has_body: bool,
    /// The content type of its answer.
    pub(super) answer: &'static str,
    /// Code, HTTP status and message of each error. Where errors are pages, only the status counts.
    pub(super) errors: &'static [(u16, u16, &'static str)],
}

const fn row(method: &'static str, path: &'static str, errors: &'static [(u16, u16, &'static str)]) -> Row {
    Row { method, path, needs_token: false, has_body: false, answer: JSON, errors }
}

impl Row {
    const fn token(self) -> Self {
        Self { needs_token: true, ..self }
    }

    const fn body(self) -> Self {
        Self { has_body: true, ..self }
    }

    const fn answers(self, answer: &'static str) -> Self {
        Self { answer, ..self }
    }

    /// Whether it answers pages, of errors too.
    pub(super) fn is_page(&self) -> bool {
        self.answer == PAGE
    }
}

/// Every route that the documented API has.
pub(super) const DOCUMENTED: [Row; 33] = [
    row("get", "/v1/accounts/{id}/opportunities", &[(4000, 404, "Organization not found."), INTERNAL, BAD_QUERY]),
    row("get", "/v1/search", &[INTERNAL, BAD_QUERY]),
    row(
        "post",
        "/v1/accounts/{id}/request_connection",
        &[
            NOT_FOUND,
            INTERNAL,
            (4002, 400, "Cannot connect with oneself."),
            (4003, 409, "Connection already requested."),
            (4004, 409, "Already connected."),
            (4005, 403, "Account takes no messages from unknown accounts."),
            (4006, 409, "Account is blocked."),
            (4007, 409, "Connection limit reached."),
            BAD_QUERY,
            THROTTLED,
        ],
    )
    .token()
    .body(),
    row(
        "post",
        "/v1/accounts/{id}/accept_connection",
        &[NOT_FOUND, INTERNAL, NOT_ASKED, (4003, 409, "Connection limit reached."), BAD_QUERY],
    )
    .token(),
    row("get", "/v1/connection-requests", &[INTERNAL, BAD_QUERY]).token(),
    row("get", "/v1/accounts/{id}/connections", &[NOT_FOUND, INTERNAL, BAD_QUERY]),
    row(
        "post",
        "/v1/accounts/{id}/block",
        &[
            NOT_FOUND,
            INTERNAL,
            (4002, 400, "Incorrect account type, user account required."),
            (4003, 400, "Cannot block oneself."),
            (4004, 409, "Block limit reached."),
            BAD_QUERY,
        ],
    )
    .token(),
    row(
        "post",
        "/v1/accounts/{id}/unblock",
        &[NOT_FOUND, INTERNAL, (4002, 400, "Incorrect account type, user account required."), BAD_QUERY],
    )
    .token(),
    row(
        "post",
        "/v1/auth/login",
        &[
            (3100, 500, "Internal server error."),
            (3101, 400, "Invalid login."),
            (3102, 400, "Email not verified."),
            (3103, 403, "Account locked."),
            BAD_QUERY,
            THROTTLED,
        ],
    )
    .body(),
    row(
        "post",
        "/v1/auth/register",
        &[
            (3200, 500, "Invalid account type."),
            (3201, 400, "Username already taken."),
            (3203, 500, "Internal server error registering the account."),
            (3204, 500, "Internal server error sending the verification email."),
            (3205, 500, "There was a problem reading the request."),
            BAD_QUERY,
            THROTTLED,
        ],
    )
    .body(),
    row("get", "/v1/auth/verify-email/{token}", &[NO_LINK_PAGE, FAULT_PAGE]).answers(PAGE),
    row(
        "post",
        "/v1/auth/reset-password",
        &[
            (4000, 500, "Internal server error."),
            (4001, 400, "Invalid token."),
            (4002, 400, "User not found."),
            BAD_QUERY,
        ],
    )
    .body(),
    row("post", "/v1/request-password-reset", &[INTERNAL, (4050, 400, "Bad request."), THROTTLED]).body(),
    row("get", "/v1/accounts/{id}", &[NOT_FOUND, INTERNAL]),
    row("get", "/v1/accounts/{id}/profile", &[NOT_FOUND, INTERNAL]),
    row("get", "/v1/accounts/{id}/experiences", &[INTERNAL, NO_USER]),
    row("get", "/v1/account", &[NOT_FOUND, INTERNAL]).token(),
    row("get", "/v1/settings", &[NOT_FOUND, INTERNAL]).token(),
    row("get", "/v1/profile", &[NOT_FOUND, INTERNAL]).token(),
    row("patch", "/v1/settings", &[NOT_FOUND, INTERNAL, BAD_QUERY]).token().body(),
    row("patch", "/v1/profile", &[NOT_FOUND, INTERNAL, BAD_QUERY]).token().body(),
    row("get", "/v1/experiences", &[USERS_ONLY, INTERNAL, NO_USER]).token(),
    row(
        "post",
        "/v1/experiences",
        &[
            USERS_ONLY,
            INTERNAL,
            (4002, 404, "Organization not found."),
            NOT_MAILED,
            NO_SUCH_OPPORTUNITY,
            ANOTHERS_OPPORTUNITY,
            BAD_QUERY,
            THROTTLED,
        ],
    )
    .token()
    .body(),
    row(
        "put",
        "/v1/experiences/resolve/{id}",
        &[
            USERS_ONLY,
            INTERNAL,
            NO_EXPERIENCE,
            NOT_MAILED,
            (4005, 404, "Organization not found."),
            NO_SUCH_OPPORTUNITY,
            ANOTHERS_OPPORTUNITY,
            BAD_QUERY,
            THROTTLED,
        ],
    )
    .token()
    .body(),
    row("delete", "/v1/experiences/resolve/{id}", &[USERS_ONLY, INTERNAL, NO_EXPERIENCE]).token(),
    row("get", "/v1/experiences/validations", &[ORGANIZATIONS_ONLY, INTERNAL]).token(),
    row(
        "post",
        "/v1/experiences/validations/{userid}/{id}",
        &[
            ORGANIZATIONS_ONLY,
            INTERNAL,
            (4002, 404, "Experience validation request not found."),
            (4003, 400, "User not found."),
            (4004, 400, "Experience not found in user object."),
            BAD_QUERY,
        ],
    )
    .token()
    .body(),
    row("get", "/v1/experiences/email-approve/{token}", &[NO_LINK_PAGE, FAULT_PAGE]).answers(PAGE),
    row("post", "/v1/experiences/email-approve/{token}", &[NO_LINK_PAGE, FAULT_PAGE, BAD_PAGE]).body().answers(PAGE),
    row("get", "/v1/accounts/{id}/posts", &[NOT_FOUND, INTERNAL, BAD_QUERY]),
    row("get", "/v1/notifications", &[INTERNAL, BAD_QUERY]).token(),
    row("post", "/v1/notification/clear", &[INTERNAL, BAD_QUERY]).token(),
    row("post", "/v1/notification/dismiss", &[(4000, 404, "Notification not found."), INTERNAL, BAD_QUERY])
        .token()
        .body(),
];

/// Every route that this project has added.
pub(super) const ADDED: [Row; 59] = [
    row("get", "/v1/opportunities", &[INTERNAL, BAD_QUERY]),
    row(
        "post",
        "/v1/opportunities",
        &[INTERNAL, FOR_ORGANIZATIONS, (4003, 409, "Opportunity limit reached."), BAD_QUERY, THROTTLED],
    )
    .token()
    .body(),
    row("get", "/v1/opportunities/{id}", &[NO_OPPORTUNITY, INTERNAL]),
    row(
        "put",
        "/v1/opportunities/{id}",
        &[NO_OPPORTUNITY, INTERNAL, FOR_ORGANIZATIONS, (4003, 404, "Shift not found."), BAD_QUERY, THROTTLED],
    )
    .token()
    .body(),
    row("delete", "/v1/opportunities/{id}", &[NO_OPPORTUNITY, INTERNAL, FOR_ORGANIZATIONS]).token(),
    row(
        "post",
        "/v1/opportunities/{id}/interest",
        &[
            NO_OPPORTUNITY,
            INTERNAL,
            FOR_USERS,
            (4003, 404, "Shift not found."),
            (4004, 400, "The shift is over."),
            (4005, 409, "Interest limit reached."),
            BAD_QUERY,
            THROTTLED,
        ],
    )
    .token()
    .body(),
    row(
        "delete",
        "/v1/opportunities/{id}/interest",
        &[NO_OPPORTUNITY, INTERNAL, FOR_USERS, (4003, 404, "Interest not found."), BAD_QUERY],
    )
    .token(),
    row("get", "/v1/opportunities/{id}/interested", &[NO_OPPORTUNITY, INTERNAL, FOR_ORGANIZATIONS, BAD_QUERY]).token(),
    row("get", "/v1/opportunities/{id}/calendar.ics", &[NO_OPPORTUNITY, INTERNAL, (4002, 404, "Shift not found.")])
        .token()
        .answers(CALENDAR),
    row("post", "/v1/accounts/{id}/decline_connection", &[NOT_FOUND, INTERNAL, NOT_ASKED, BAD_QUERY]).token(),
    row(
        "post",
        "/v1/accounts/{id}/remove_connection",
        &[NOT_FOUND, INTERNAL, (4002, 404, "Connection not found."), BAD_QUERY],
    )
    .token(),
    row("post", "/v1/auth/change-password", &[INTERNAL, WRONG_PASSWORD, BAD_QUERY, THROTTLED]).token().body(),
    row("post", "/v1/auth/change-email", &[INTERNAL, WRONG_PASSWORD, NOT_MAILED, BAD_QUERY, THROTTLED]).token().body(),
    row(
        "post",
        "/v1/auth/undo-email-change",
        &[NOT_FOUND, INTERNAL, (4002, 400, "Invalid token."), (4003, 409, "E-mail address already taken."), BAD_QUERY],
    )
    .body(),
    row("get", "/v1/auth/confirm-email-change/{token}", &[]).answers(PAGE),
    row("post", "/v1/auth/confirm-email-change/{token}", &[NO_LINK_PAGE, FAULT_PAGE, BAD_PAGE]).answers(PAGE),
    row("get", "/v1/auth/undo-email-change/{token}", &[]).answers(PAGE),
    row("post", "/v1/auth/undo-email-change/{token}", &[NO_LINK_PAGE, FAULT_PAGE, BAD_PAGE, (0, 409, "")])
        .answers(PAGE),
    row("post", "/v1/auth/resend-verification", &[INTERNAL, BAD_QUERY, THROTTLED]).body(),
    row("post", "/v1/auth/logout", &[INTERNAL, BAD_QUERY]).token(),
    row("post", "/v1/auth/logout-everywhere", &[INTERNAL, BAD_QUERY]).token(),
    row("get", "/v1/auth/sessions", &[INTERNAL, BAD_QUERY]).token(),
    row("delete", "/v1/auth/sessions/{id}", &[(4000, 404, "Session not found."), INTERNAL]).token(),
    row("get", "/v1/auth/security-events", &[INTERNAL, BAD_QUERY]).token(),
    row("patch", "/v1/account", &[NOT_FOUND, INTERNAL, BAD_QUERY]).token().body(),
    row(
        "post",
        "/v1/account/delete",
        &[INTERNAL, WRONG_PASSWORD, (4003, 500, "Issue sending the confirmation email."), BAD_QUERY, THROTTLED],
    )
    .token()
    .body(),
    row("get", "/v1/account/export", &[INTERNAL]).token(),
    row("get", "/v1/accounts/{id}/avatar.svg", &[(4040, 404, "Not found.")]).answers(PICTURE),
    row("get", "/v1/accounts/{id}/header.svg", &[(4040, 404, "Not found.")]).answers(PICTURE),
    row("post", "/v1/posts", &[NO_POST, INTERNAL, BAD_QUERY, THROTTLED]).token().body(),
    row("get", "/v1/posts/{id}", &[NO_POST, INTERNAL]),
    row("delete", "/v1/posts/{id}", &[NO_POST, INTERNAL]).token(),
    row("get", "/v1/posts/{id}/comments", &[NO_POST, INTERNAL, BAD_QUERY]),
    row("get", "/v1/feed", &[INTERNAL, BAD_QUERY]).token(),
    row("post", "/v1/posts/{id}/like", &[NO_POST, INTERNAL, BAD_QUERY, THROTTLED]).token(),
    row("post", "/v1/posts/{id}/unlike", &[NO_POST, INTERNAL, BAD_QUERY, THROTTLED]).token(),
    row("post", "/v1/posts/{id}/share", &[NO_POST, INTERNAL, BAD_QUERY, THROTTLED]).token(),
    row("post", "/v1/posts/{id}/unshare", &[NO_POST, INTERNAL, BAD_QUERY, THROTTLED]).token(),
    row("get", "/v1/notifications/stream", &[INTERNAL, (4002, 429, "Too many streams."), BAD_QUERY])
        .token()
        .answers(EVENTS),
    row("get", "/v1/notifications/unsubscribe/{token}", &[]).answers(PAGE),
    row("post", "/v1/notifications/unsubscribe/{token}", &[NO_LINK_PAGE, FAULT_PAGE, BAD_PAGE]).answers(PAGE),
    row("post", "/v1/communities", &[INTERNAL, FOR_ORGANIZATIONS, (4003, 409, "Community limit reached."), BAD_QUERY])
        .token()
        .body(),
    row("get", "/v1/communities", &[INTERNAL, FOR_ORGANIZATIONS]).token(),
    row("get", "/v1/communities/{id}", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS]).token(),
    row("delete", "/v1/communities/{id}", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS]).token(),
    row(
        "post",
        "/v1/communities/{id}/link",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, NAME_TAKEN, (4004, 409, "Source limit reached."), BAD_QUERY],
    )
    .token(),
    row("delete", "/v1/communities/{id}/link", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS]).token(),
    row(
        "post",
        "/v1/communities/{id}/tokens",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, (4003, 409, "Token limit reached."), BAD_QUERY],
    )
    .token()
    .body(),
    row("get", "/v1/communities/{id}/tokens", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS]).token(),
    row(
        "delete",
        "/v1/communities/{id}/tokens/{jti}",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, (4003, 404, "Token not found.")],
    )
    .token(),
    row(
        "post",
        "/v1/communities/{id}/sources",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, NAME_TAKEN, (4004, 409, "Source limit reached."), BAD_QUERY],
    )
    .token()
    .body(),
    row(
        "post",
        "/v1/communities/{id}/custom-fields",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, NAME_TAKEN, (4004, 409, "Custom field limit reached."), BAD_QUERY],
    )
    .token()
    .body(),
    row(
        "post",
        "/v1/communities/{id}/segments",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, NAME_TAKEN, (4004, 409, "Segment limit reached."), BAD_QUERY],
    )
    .token()
    .body(),
    row(
        "post",
        "/v1/communities/{id}/activity-types",
        &[
            NO_COMMUNITY,
            INTERNAL,
            FOR_ORGANIZATIONS,
            NAME_TAKEN,
            (4004, 409, "Activity type limit reached."),
            BAD_QUERY,
        ],
    )
    .token()
    .body(),
    row("get", "/v1/communities/{id}/members", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, BAD_QUERY]).token(),
    row("get", "/v1/communities/{id}/activities", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, BAD_QUERY]).token(),
    row("get", "/v1/communities/{id}/merges", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, BAD_QUERY]).token(),
    row(
        "post",
        "/v1/communities/{id}/merges/{merge}/undo",
        &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, (4003, 404, "Merge not found."), BAD_QUERY],
    )
    .token(),
    row("get", "/v1/communities/{id}/anonymizations", &[NO_COMMUNITY, INTERNAL, FOR_ORGANIZATIONS, BAD_QUERY]).token(),
];
