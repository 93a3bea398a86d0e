from django.urls import path

from gezhi.desk.views import case, cases, classifier, documents, export, home, hotline, importing, signing

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("cases/", cases.cases, name="cases"),
    path("cases/bulk/", cases.bulk, name="bulk"),
    path("cases/export/", export.export, name="export"),
    path("cases/views/", cases.save, name="save-view"),
    path("cases/views/<int:view_id>/forget/", cases.forget, name="forget-view"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/documents/", documents.issue, name="issue"),
    path("documents/<str:code>/", documents.document, name="document"),
    path("evidence/<uuid:key>/", case.evidence, name="evidence"),
    path("hotline/", hotline.hotline, name="hotline"),
    path("hotline/hints/", hotline.hints, name="hotline-hints"),
    path("import/", importing.imports, name="imports"),
    path("import/<uuid:key>/columns/", importing.mapping, name="import-mapping"),
    path("import/<uuid:key>/", importing.run, name="import-run"),
    path("import/<uuid:key>/progress/", importing.run_progress, name="import-progress"),
    path("import/<uuid:key>/errors/", importing.errors, name="import-errors"),
    path("classifier/", classifier.classifier, name="classifier"),
    path("classifier/progress/", classifier.training_progress, name="training-progress"),
]
