//! The form of a request: what EC2's reference calls its parameters.

use std::borrow::Cow;

use aws_smithy_query::{QueryValueWriter, QueryWriter};

use crate::plan::target::filter::Filter;
use crate::plan::target::ids::InstanceId;

/// The version of EC2's API, the only one there is.
const VERSION: &str = "2016-11-15";

/// The parameters of a request, without its action.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// For one instance.
    pub(crate) fn instance(id: &InstanceId) -> Self {
        Self::default().with("InstanceId.1", id.as_str())
    }

    /// With a parameter.
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// With a parameter for each value: `InstanceId.1`, `InstanceId.2`.
    pub(crate) fn each(self, name: &str, values: &[String]) -> Self {
        let numbered = (1..).zip(values);
        numbered.fold(self, |form, (number, value)| {
            form.with(format!("{name}.{number}"), value)
        })
    }

    /// With filters, all of which must match.
    pub(crate) fn filters(self, filters: &[Filter]) -> Self {
        (1..).zip(filters).fold(self, |form, (number, filter)| {
            let form = form.with(format!("Filter.{number}.Name"), filter.name.as_ref());
            form.each(&format!("Filter.{number}.Value"), &filter.values)
        })
    }

    /// With a filter for any of these values.
    pub(crate) fn filter(self, name: &'static str, values: &[String]) -> Self {
        self.filters(&[Filter {
            name: name.into(),
            values: values.to_vec(),
        }])
    }

    /// For the page of a list that has this token.
    pub(crate) fn page(self, token: Option<String>) -> Self {
        match token {
            Some(token) => self.with("NextToken", token),
            None => self,
        }
    }

    /// The body of a request for this action.
    pub(crate) fn written(&self, action: &str) -> String {
        let mut text = String::new();
        QueryWriter::new(&mut text, action, VERSION).finish();
        for (name, value) in &self.0 {
            QueryValueWriter::new(&mut text, Cow::Borrowed(name)).string(value);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_and_encoded() {
        let values = ["a b".to_owned(), "c&d*".to_owned()];
        let form = Form::default().filter("tag:Name", &values);
        let form = form
            .each("InstanceId", &values[..1])
            .page(Some("x=".to_owned()));
        let written = "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag%3AName\
                       &Filter.1.Value.1=a%20b&Filter.1.Value.2=c%26d%2A&InstanceId.1=a%20b\
                       &NextToken=x%3D";
        assert_eq!(form.written("DescribeInstances"), written);
    }
}
