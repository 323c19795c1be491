"""The door for browsers and programs: one table of blueprints, and what surrounds every answer."""

from flask import Flask, Response, request
from flask_babel import Babel
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from app import bodies, guard, problems
from app.application import Application
from app.context import LANGUAGE_COOKIE, LANGUAGES, CityConverter, Services, language
from app.db import Database
from app.digests import views as digests
from app.fragility.area.views import blueprint as area
from app.fragility.drawn_views import blueprint as drawn
from app.fragility.indices.making_views import blueprint as making_indices
from app.fragility.indices.views import blueprint as indices
from app.fragility.overlay_views import blueprint as overlay
from app.fragility.planner_views import blueprint as planner
from app.fragility.siting_views import blueprint as siting
from app.fragility.views import blueprint as areas
from app.gate import Gate
from app.moderation.asking_views import blueprint as asking
from app.moderation.log_views import blueprint as moderation_log
from app.moderation.views import blueprint as moderation
from app.network.answer_views import blueprint as relation
from app.network.gaps_views import blueprint as gaps
from app.network.in_view_views import blueprint as edges_in_view
from app.network.paths_views import blueprint as paths
from app.network.relation_views import blueprint as relations
from app.network.views import blueprint as graph
from app.network.walking_views import blueprint as on_foot
from app.network.whole_views import blueprint as network
from app.pages import install as install_pages
from app.people import federation, signing_in
from app.people.role_views import blueprint as roles
from app.people.views import blueprint as account
from app.photos.blur_views import blueprint as blur
from app.photos.views import blueprint as photos
from app.photos.withdrawing_views import blueprint as withdrawing
from app.pinning.edit_views import blueprint as editing
from app.pinning.following_views import blueprint as following
from app.pinning.views import blueprint as pinning
from app.publish.data.page_views import blueprint as data_pages
from app.publish.data.snapshot_views import blueprint as snapshots
from app.publish.data.views import blueprint as data
from app.publish.feeds.views import blueprint as feeds
from app.publish.history.views import blueprint as history
from app.publish.map.views import blueprint as map_page
from app.publish.ogc import blueprint as ogc
from app.publish.tiles.vector_views import blueprint as vector
from app.publish.tiles.views import blueprint as tiles
from app.reminders.views import blueprint as reminders
from app.runtime import settle
from app.settings import Settings
from app.settling.views import blueprint as rules
from app.visitors.views import blueprint as visitors

READ = (
    map_page,
    tiles,
    vector,
    areas,
    overlay,
    siting,
    drawn,
    indices,
    planner,
    area,
    graph,
    gaps,
    on_foot,
    paths,
    network,
    edges_in_view,
    ogc,
    data,
    data_pages,
    snapshots,
    feeds,
    history,
    moderation_log,
)
WRITTEN = (
    account,
    federation.blueprint,
    roles,
    rules,
    making_indices,
    pinning,
    editing,
    following,
    photos,
    blur,
    withdrawing,
    relations,
    relation,
    moderation,
    asking,
    reminders,
    digests.blueprint,
    visitors,
)
BLUEPRINTS = (*READ, *WRITTEN)
A_YEAR = 365 * 24 * 3600


def create_app(settings: Settings) -> Flask:
    """The application; `settings.database_url` must name a database that is up and migrated."""
    assert settings.database_url, "the database's address is settled before the application is made"
    app = Application("app", static_folder=None)
    database = Database(
        settings.database_url, size=settings.threads, timeout_ms=settings.statement_timeout_ms
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    app.wsgi_app = gate = Gate(app.wsgi_app, settings.threads, settings.downloads)  # type: ignore[method-assign]
    app.extensions["cortile"] = Services(settings, database, gate)
    app.url_map.converters["city"] = CityConverter
    app.config["COMPRESS_MIMETYPES"] = [
        "text/html",
        "application/json",
        "application/geo+json",
        "application/graphml+xml",
        "application/gexf+xml",
        "application/problem+json",
        "application/atom+xml",
        "application/vnd.mapbox-vector-tile",
        "application/schema+json",
        "application/vnd.oai.openapi+json",
    ]
    app.config["COMPRESS_STREAMS"] = False  # downloads compress themselves, where they are asked to
    Babel(app, locale_selector=language)
    Compress(app)
    bodies.install(app)
    problems.install(app)
    guard.install(app, settings)
    digests.install(app)
    install_pages(app)
    signing_in.install(app, settings)
    federation.install(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_blueprint(ogc, url_prefix="/<city:city>/ogc", name="ogc_of_city")
    app.after_request(_surround)
    return app


def application() -> Flask:
    """What the server's processes load: the application of this environment."""
    made = create_app(Settings.from_env())
    settle()
    return made


def _surround(response: Response) -> Response:
    """Remember a chosen language, and tell the browser what a page of ours may do."""
    wish = request.args.get("lang")
    if wish in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, str(wish), max_age=A_YEAR, samesite="Lax", httponly=True)
    response.headers.extend(ALWAYS)
    mimetype = response.mimetype or ""
    if mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", POLICY)
    if mimetype.endswith("json") or response.status_code == 304:
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.headers.setdefault("Access-Control-Expose-Headers", "Content-Crs, ETag, Location")
    if "HTTP_AUTHORIZATION" in request.environ:
        response.headers["Cache-Control"] = guard.PRIVATE
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT)
    return response


ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, "
    "If-Match, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}
"""What another site's script may ask for, and with which headers: never with cookies, so that it reads what
is public, and writes with a token that it was given."""


POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: https: http:",  # the base map may come from any server that the city chose
        "style-src 'self' 'unsafe-inline'",  # Leaflet places tiles and pins by inline styles
        "frame-ancestors *",  # a city's own site may show the map in a frame
        "object-src 'none'",
        "base-uri 'self'",
    ]
)
