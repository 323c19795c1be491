"""What stands between this machine and a map, each with its remedy."""

import click

from app.checks import Finding, database_findings, file_findings, setting_findings
from app.cluster import open_cluster
from app.cluster_home import version_of
from app.connect import database_addresses
from app.settings import Settings


@click.command()
def check() -> None:
    """Show settings, database and versions, each fine or with the remedy."""
    settings = Settings.from_env()
    findings = [*setting_findings(settings), *file_findings()]
    if settings.database_url is None and version_of(open_cluster(settings).data) is None:
        findings.append(Finding("database", "not made yet", "cortile run, or cortile up"))
    else:
        with database_addresses(settings) as addresses:
            findings += database_findings(addresses)
    for finding in findings:
        remedy = f"  ->  {finding.remedy}" if finding.remedy else ""
        click.echo(f"{'fix' if remedy else 'ok '}  {finding.name:<18}{finding.value}{remedy}")
    if any(finding.remedy for finding in findings):
        raise SystemExit(4)
